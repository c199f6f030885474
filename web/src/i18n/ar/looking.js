export default {
  'source.title': 'التصميم نصًّا',
  'source.close': 'إغلاق النص',
  'source.width': 'عرض النص',
  'source.in_step': 'الرسم يتبع النص.',
  'source.not_taken': 'ليس تصميمًا بعد: الرسم ينتظر.',
  'source.conflict': 'غيّر الرسم الأسطر نفسها التي تكتبها. أصلح النص فيُؤخذ، أو',
  'source.take_drawing': 'خذ نص الرسم',
};
