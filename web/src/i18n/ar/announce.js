/** ما يسمعه مستخدم قارئ الشاشة حين تتغير الأشياء */
export default {
  'announce.running': 'التشغيل جارٍ.',
  'announce.paused': 'متوقف مؤقتًا عند {time}.',
  'announce.time': 'حوكيت {time} من {whole}.',
  'announce.messages': 'رسائل',
};
