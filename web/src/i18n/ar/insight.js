export default {
  'app.later_failed': 'تعذّر تحميل هذا الجزء.',
  'app.again': 'حاول مجددًا',
  'source.open': 'تحرير كنص',
  'waterfall.open': 'طلبات هذه اللحظة',
  'debugger.open': 'مصحّح الأخطاء: الشيفرة في هذه اللحظة',
  'debugger.of_node': 'تصحيح شيفرة {node}',
  'debugger.of_log': 'تصحيح لحظة هذا السطر',
  'code.insert': 'أدرج شيفرة: نمطًا أو شيفرة أولية…',
  'tour.begin': 'جولة في 60 ثانية',
  'link.copy': 'انسخ رابطًا لهذا التصميم',
  'picture.take_drawing': 'الرسم صورةً…',
};
