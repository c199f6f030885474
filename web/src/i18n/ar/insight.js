export default {
  'app.later_failed': 'تعذّر تحميل هذا الجزء.',
  'app.again': 'حاول مجددًا',
  'source.open': 'تحرير كنص',
  'waterfall.open': 'طلبات هذه اللحظة',
};
