/** اختيار اللغة */
export default {
  'language.title': 'اللغة',
  'language.system': 'كما في المتصفح',
  'language.en': 'English',
  'language.ar': 'العربية',
  'language.failed': 'تعذّر تحميل كلمات {language}. أعد تحميل الصفحة عند توفر الاتصال.',
  'language.kept': 'لا يمكن الاحتفاظ بشيء هنا عند إعادة التحميل. احفظ عملك في ملف، ثم أعد تحميل الصفحة لتراها بلغة {language}.',
};
