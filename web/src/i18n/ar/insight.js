export default {
  'app.later_failed': 'تعذّر تحميل هذا الجزء.',
  'app.again': 'حاول مجددًا',
  'source.open': 'تحرير كنص',
  'waterfall.open': 'طلبات هذه اللحظة',
  'tour.begin': 'جولة في 60 ثانية',
  'link.copy': 'انسخ رابطًا لهذا التصميم',
  'picture.take_drawing': 'الرسم صورةً…',
};
