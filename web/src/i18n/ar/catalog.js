/**
 * فهرس المحرّك: كل اسم ونص بمقابله الإنكليزي كما يقوله المحرّك. ما ليس هنا يبقى إنكليزيًا.
 */
export default {
  'Edge': 'وصلة',
  'From': 'من',
  'To': 'إلى',
  'Kind': 'الصنف',
  'Operation': 'العملية',
  'Probability': 'الاحتمال',
  'Latency': 'الكمون',
  'Bandwidth': 'سعة الرابط',
  'Request size': 'حجم الطلب',
  'Response size': 'حجم الرد',
  'Loss': 'الفقد',
  'Timeout': 'المهلة',
  'Retry': 'إعادة المحاولة',
  'Most retries': 'أقصى الإعادات',
  'Backoff': 'التراجع',
  'Multiplier': 'المضاعِف',
  'Jitter': 'التذبذب',
  'Budget': 'الميزانية',
  'Circuit breaker': 'قاطع الدارة',
  'Error share': 'نسبة الخطأ',
  'Window': 'النافذة',
  'Fewest calls': 'أقل الاستدعاءات',
  'Open for': 'مدة الفتح',
  'Hedging': 'التحوّط',
  'After': 'بعد',
  'Most copies': 'أقصى النسخ',
  'Deadline': 'الموعد النهائي',
  'Fault': 'عطل',
  'Target': 'المصاب',
  'Zone': 'المنطقة',
  'At': 'عند',
  'For': 'لمدة',
  'Mean time between failures': 'متوسط الزمن بين الأعطال',
  'Mean time to repair': 'متوسط زمن الإصلاح',
  'Factor': 'العامل',
  'Rate': 'المعدل',
  'Direction': 'الاتجاه',
  'Skew': 'الانحراف',
  'Run': 'التشغيل',
  'Duration': 'المدة',
  'Warm-up': 'الإحماء',
  'Seed': 'البذرة',
  'Precision': 'الدقة',
  'Sample interval': 'فاصل العيّنات',
  'Objective': 'هدف',
  'Name': 'الاسم',
  'Metric': 'المقياس',
  'At most': 'على الأكثر',
  'At least': 'على الأقل',
  'Design': 'التصميم',
  'Format': 'الصيغة',
  'Description': 'الوصف',
  'Nodes': 'العُقد',
  'Edges': 'الوصلات',
  'Faults': 'الأعطال',
  'Objectives': 'الأهداف',
  'Layout': 'المواضع',
  'Groups': 'المجموعات',
  'Notes': 'الملاحظات',
  'Cache': 'ذاكرة مخبئية',
  'Data': 'البيانات',
  'Replicas': 'النسخ',
  'Concurrency': 'التزامن',
  'Waiting places': 'أماكن الانتظار',
  'When full': 'عند الامتلاء',
  'Service time': 'زمن الخدمة',
  'Operations': 'العمليات',
  'Priority': 'الأولوية',
  'Flow': 'المسار',
  'Error rate': 'معدل الخطأ',
  'Discipline': 'الانضباط',
  'Balancing': 'موازنة الحِمل',
  'Patience': 'الصبر',
  'Limits': 'الحدود',
  'Burst': 'الدفعة المفاجئة',
  'Most in flight': 'أقصى ما هو جارٍ',
  'Instance': 'الجهاز',
  'Price per hour': 'السعر في الساعة',
  'Speed': 'السرعة',
  'Autoscaling': 'التوسّع التلقائي',
  'Handler': 'المعالِج',
  'Hit ratio': 'نسبة الإصابة',
  'Keys': 'المفاتيح',
  'Capacity': 'السعة',
  'Time to live': 'مدة الصلاحية',
  'Eviction': 'الإخلاء',
  'Redis': 'Redis',
  'Memcached': 'Memcached',
  'Client': 'عميل',
  'Traffic': 'حركة الطلبات',
  'Load': 'الحِمل',
  'Time between arrivals': 'الزمن بين الوصول',
  'Pattern': 'النمط',
  'Trace': 'تسجيل',
  'Bursts (MMPP)': 'دفعات (MMPP)',
  'Batch': 'الدفعة',
  'Users': 'المستخدمون',
  'Think time': 'زمن التفكير',
  'Operation mix': 'مزيج العمليات',
  'Database': 'قاعدة بيانات',
  'Connections': 'الاتصالات',
  'Cores': 'الأنوية',
  'PostgreSQL': 'PostgreSQL',
  'MySQL': 'MySQL',
  'MongoDB': 'MongoDB',
  'Elasticsearch': 'Elasticsearch',
  'Queue': 'طابور رسائل',
  'Messaging': 'المراسلة',
  'Append time': 'زمن الإلحاق',
  'Partitions': 'الأقسام',
  'Delivery': 'التسليم',
  'Prefetch': 'الجلب المسبق',
  'Most deliveries': 'أقصى التسليمات',
  'RabbitMQ': 'RabbitMQ',
  'Kafka': 'Kafka',
  'Service': 'خدمة',
  'Compute': 'الحوسبة',
  'Gateway': 'بوابة',
  'External API': 'واجهة خارجية',
  'Station': 'محطة',
  'Queueing': 'الطوابير',
  'Set-up time': 'زمن التهيئة',
  'Speed by load': 'السرعة حسب الحِمل',
  'Vacation': 'الغياب',
  'Most': 'الأكثر',
  'Least': 'الأقل',
  'Markovian arrivals (MAP)': 'وصول ماركوفي (MAP)',
  'Without a request': 'بلا طلب',
  'With a request': 'مع طلب',
  'Wait': 'الانتظار',
  'Express services (Node.js)': 'خدمات Express (‏Node.js)',
  'Language': 'اللغة',
  'Source': 'المصدر',
  'Time per fuel': 'الزمن لوحدة الوقود',
  'Fuel per event': 'الوقود للحدث',
  'Memory': 'الذاكرة',
  'Log lines': 'أسطر السجل',

  'A way for requests from one node to another. It is named "from->to"; a second edge of the same pair is "from->to#2".':
    'طريق للطلبات من عقدة إلى أخرى. اسمه "from->to"؛ والوصلة الثانية بين العقدتين نفسيهما اسمها "from->to#2".',
  'The id of the node that sends.':
    'معرّف العقدة المرسِلة.',
  'The id of the node that receives.':
    'معرّف العقدة المستقبِلة.',
  'call: request and response, the caller keeps its place while it waits. forward: the request moves on and frees the place. publish: sent without waiting, to a queue or broker.':
    'call: طلب ورد، ويحتفظ المستدعي بمكانه أثناء الانتظار. forward: ينتقل الطلب ويُخلي مكانه. publish: يُرسل دون انتظار إلى طابور أو وسيط رسائل.',
  'The operation that requests have at the receiver. Unset: the one they have already.':
    'العملية التي تؤديها الطلبات عند المستقبِل. إن لم تُحدَّد: عمليتها الحالية.',
  'Chance that a request takes this edge, 0 to 1. On forward edges exactly one is taken, and the rest of the probability leaves the system here.':
    'احتمال أن يسلك الطلب هذه الوصلة، من 0 إلى 1. في وصلات forward تُسلك واحدة فقط، وما بقي من الاحتمال يغادر النظام هنا.',
  'One-way network delay in seconds, applied to the request and again to the reply.':
    'تأخير الشبكة في اتجاه واحد بالثواني، يُطبَّق على الطلب ثم على الرد.',
  'Bytes per second of the link, each way; adds size divided by bandwidth to the delay. Unset: no limit.':
    'سعة الرابط بالبايت في الثانية في كل اتجاه؛ يُضاف إلى التأخير حاصلُ قسمة الحجم على السعة. إن لم تُحدَّد: بلا حد.',
  'Bytes of a request, used with bandwidth.':
    'حجم الطلب بالبايت، يُستخدم مع سعة الرابط.',
  'Bytes of a reply, used with bandwidth.':
    'حجم الرد بالبايت، يُستخدم مع سعة الرابط.',
  'Chance that a message is lost on the way, 0 to 1, each way. A lost call is noticed by its timeout; without one it fails at once.':
    'احتمال ضياع الرسالة في الطريق، من 0 إلى 1، في كل اتجاه. الاستدعاء الضائع تكشفه مهلته؛ ومن غير مهلة يفشل فورًا.',
  'How long the caller waits for a reply, in seconds, for each attempt. Unset: for ever.':
    'كم ينتظر المستدعي الرد بالثواني في كل محاولة. إن لم تُحدَّد: إلى الأبد.',
  'What the caller does when an attempt failed or timed out.':
    'ما يفعله المستدعي حين تفشل محاولة أو تنقضي مهلتها.',
  'Attempts after the first one, 0 to 100.':
    'عدد المحاولات بعد الأولى، من 0 إلى 100.',
  'Pause before the first retry, in seconds.':
    'التوقف قبل أول إعادة محاولة، بالثواني.',
  'Each further pause is this many times as long, 1 to 1000.':
    'كل توقف تالٍ أطول من سابقه بهذا العدد من المرات، من 1 إلى 1000.',
  'Random share of each pause, 0 to 1: with 0.5 a pause of 100 ms becomes 50 to 100 ms.':
    'الجزء العشوائي من كل توقف، من 0 إلى 1: مع 0.5 يصبح توقف 100 ms بين 50 و100 ms.',
  'Most retries as a share of the first attempts, 0 to 1, so that retries cannot multiply an overload. Unset: no limit.':
    'أقصى إعادات المحاولة كنسبة من المحاولات الأولى، من 0 إلى 1، حتى لا تضاعف الإعادات الحِمل الزائد. إن لم تُحدَّد: بلا حد.',
  'Stops calling a failing receiver for a while: calls fail at once while it is open, then one is tried.':
    'يكفّ مدةً عن استدعاء مستقبِل متعثر: تفشل الاستدعاءات فورًا ما دام مفتوحًا، ثم يُجرَّب استدعاء واحد.',
  'Share of failed calls in the window that opens the breaker, above 0 to 1.':
    'نسبة الاستدعاءات الفاشلة في النافذة التي تفتح القاطع، أكبر من 0 حتى 1.',
  'Length of time over which calls are counted, in seconds.':
    'المدة التي تُعَدّ فيها الاستدعاءات، بالثواني.',
  'Calls that must be in the window before the breaker may open.':
    'أقل عدد من الاستدعاءات في النافذة يجوز بعده أن ينفتح القاطع.',
  'How long it stays open before one call is tried, in seconds.':
    'كم يبقى القاطع مفتوحًا قبل تجربة استدعاء واحد، بالثواني.',
  'Sends a call again when the reply is late, and takes whichever reply comes first.':
    'يرسل الاستدعاء مرة أخرى حين يتأخر الرد، ويأخذ أول رد يصل.',
  'How long to wait for a reply before another copy is sent, in seconds.':
    'كم يُنتظر الرد قبل إرسال نسخة أخرى، بالثواني.',
  'Extra copies of a call at most, 1 to 10.':
    'أقصى عدد من النسخ الإضافية للاستدعاء، من 1 إلى 10.',
  'propagate: the receiver knows when this call times out and gives up work that nobody waits for any more.':
    'propagate: يعلم المستقبِل متى تنقضي مهلة هذا الاستدعاء فيترك عملًا لم يعد أحد ينتظره.',
  'Something that goes wrong for a while: once, at a time, or again and again at random times.':
    'شيء يتعطل مدةً: مرة واحدة في وقت معلوم، أو مرارًا في أوقات عشوائية.',
  'crash: the node is down and loses what it holds. slow: service times times factor. latency: more delay on an edge. loss: lost messages. partition: nothing passes an edge. errors: requests fail. zone-down: every node of a zone is down. flush: a cache is emptied. spike: a client sends factor times as much. pause: the node stands still and keeps what it holds. clock-skew: its clock is off.':
    'crash: تتوقف العقدة وتفقد ما لديها. slow: تُضرب أزمنة الخدمة في العامل. latency: تأخير إضافي على وصلة. loss: رسائل ضائعة. partition: لا شيء يعبر الوصلة. errors: طلبات تفشل. zone-down: تتوقف كل عُقد المنطقة. flush: تُفرَّغ ذاكرة مخبئية. spike: يرسل العميل أضعافًا بقدر العامل. pause: تقف العقدة وتحتفظ بما لديها. clock-skew: ساعتها غير مضبوطة.',
  'What it strikes: a node\'s id, or an edge\'s name such as "gateway->orders".':
    'ما يصيبه العطل: معرّف عقدة، أو اسم وصلة مثل "gateway->orders".',
  'The zone that is down (zone-down only).':
    'المنطقة المتوقفة (مع zone-down فقط).',
  'When it begins, in simulated seconds from the start of the run.':
    'متى يبدأ، بالثواني المحاكاة من بداية التشغيل.',
  'How long it lasts, in seconds. Unset: to the end of the run.':
    'كم يدوم، بالثواني. إن لم تُحدَّد: إلى نهاية التشغيل.',
  'Instead of at: it begins at random times, this many seconds after the last end on average (exponential).':
    'بديل عن «at»: يبدأ في أوقات عشوائية، بعد نهاية سابقه بهذا العدد من الثواني في المتوسط (أسّي).',
  'Instead of for: how long it lasts on average, in seconds (exponential).':
    'بديل عن «for»: كم يدوم في المتوسط، بالثواني (أسّي).',
  'slow: service times are multiplied by it. spike: the client\'s rate is.':
    'slow: تُضرب فيه أزمنة الخدمة. spike: يُضرب فيه معدل العميل.',
  'errors: share of requests that fail. loss: share of messages that are lost. 0 to 1.':
    'errors: نسبة الطلبات التي تفشل. loss: نسبة الرسائل التي تضيع. من 0 إلى 1.',
  'latency: the delay that is added each way, in seconds.':
    'latency: التأخير المضاف في كل اتجاه، بالثواني.',
  'partition: what does not pass: requests, replies, or both.':
    'partition: ما لا يعبر: الطلبات أو الردود أو كلاهما.',
  'clock-skew: how far the node\'s clock is ahead, in seconds (negative: behind).':
    'clock-skew: كم تتقدم ساعة العقدة، بالثواني (السالب: تتأخر).',
  'How long to simulate, from which seed, and how precisely.':
    'كم يُحاكى، ومن أي بذرة، وبأي دقة.',
  'The whole simulated time, warm-up included, in seconds; at most a year.':
    'الزمن المحاكى كله مع الإحماء، بالثواني؛ سنة على الأكثر.',
  'Simulated seconds at the start that the statistics leave out. "auto" finds where the transient ends (MSER-5).':
    'الثواني المحاكاة في البداية التي تُستثنى من الإحصاء. «auto» يكتشف أين تنتهي الحالة العابرة (MSER-5).',
  'Start of all randomness: the same design and seed give the same results, bit for bit.':
    'أصل كل عشوائية: التصميم نفسه والبذرة نفسها يعطيان النتائج نفسها، بتًّا ببت.',
  'Run until every client\'s mean response has a relative 95 % half-width this small (0.02 is 2 %), or the duration ends. Unset: run the whole duration.':
    'يستمر التشغيل حتى يبلغ نصف عرض فترة الثقة النسبي 95 % لمتوسط استجابة كل عميل هذا الصغر (0.02 أي 2 %)، أو حتى تنتهي المدة. إن لم تُحدَّد: المدة كلها.',
  'Simulated seconds between two points of the timeline. Unset: chosen from the duration.':
    'الثواني المحاكاة بين نقطتين من الخط الزمني. إن لم تُحدَّد: تُختار من المدة.',
  'A promise about one number of the results (service level objective).':
    'وعد بشأن رقم واحد من النتائج (هدف مستوى الخدمة).',
  'What the objective is called in the verdicts. Unset: the metric.':
    'ما يُسمى به الهدف في الأحكام. إن لم يُحدَّد: المقياس.',
  'Path of the number in the results: nodes.ID.STATISTIC[.FIELD], nodes.ID.operations.NAME.STATISTIC[.FIELD] or edges.FROM->TO.STATISTIC[.FIELD].':
    'مسار الرقم في النتائج: nodes.ID.STATISTIC[.FIELD] أو nodes.ID.operations.NAME.STATISTIC[.FIELD] أو edges.FROM->TO.STATISTIC[.FIELD].',
  'The largest value that keeps the promise, in the metric\'s unit (seconds, per second, a share of 1).':
    'أكبر قيمة تفي بالوعد، بوحدة المقياس (ثوانٍ، أو في الثانية، أو نسبة من 1).',
  'The smallest value that keeps the promise, in the metric\'s unit (seconds, per second, a share of 1).':
    'أصغر قيمة تفي بالوعد، بوحدة المقياس (ثوانٍ، أو في الثانية، أو نسبة من 1).',
  'A system as people draw it: what there is, how it is joined, what goes wrong, what is promised, and how to run it.':
    'نظام كما يرسمه الناس: ما فيه، وكيف يتصل، وما يتعطل، وما الموعود، وكيف يُشغَّل.',
  'Which version of the format the document is written in: "scalesim/1".':
    'إصدار الصيغة التي كُتب بها المستند: "scalesim/1".',
  'The design\'s name, for titles, results and generated projects.':
    'اسم التصميم، للعناوين والنتائج والمشاريع المولّدة.',
  'What the design is for, in a sentence or a few.':
    'الغرض من التصميم، في جملة أو بضع جمل.',
  'The parts of the system: an object of id → node. An id is a lower-case letter, then at most 63 lower-case letters, digits, hyphens or underscores.':
    'أجزاء النظام: كائن من معرّف ← عقدة. المعرّف حرف لاتيني صغير، ثم 63 على الأكثر من الحروف الصغيرة والأرقام والشرطات والشرطات السفلية.',
  'How requests move between nodes. Without a flow, a node takes its out-edges in this order.':
    'كيف تنتقل الطلبات بين العُقد. من غير مسار، تسلك العقدة وصلاتها الخارجة بهذا الترتيب.',
  'What goes wrong during the run, and when.':
    'ما يتعطل أثناء التشغيل، ومتى.',
  'What the system promises. A run passes when every objective holds.':
    'ما يَعِد به النظام. ينجح التشغيل حين تتحقق كل الأهداف.',
  'Where the nodes are drawn: an object of node id → [x, y], in pixels at zoom 1.':
    'أين تُرسم العُقد: كائن من معرّف العقدة ← [x, y]، بالبكسل عند التكبير 1.',
  'Frames around nodes on the canvas: a list of { "name", "nodes": [ids] }. They do not change what is simulated.':
    'إطارات حول عُقد في اللوحة: قائمة من { "name"، "nodes": [المعرّفات] }. لا تغيّر ما يُحاكى.',
  'Texts on the canvas: a list of { "text", "at": [x, y] }. They do not change what is simulated.':
    'نصوص على اللوحة: قائمة من { "text"، "at": [x, y] }. لا تغيّر ما يُحاكى.',
  'Keeps answers for next time. With out-edges it is read-through: a miss takes them. A flow\'s {"call": "cache", "miss": […]} is cache-aside: the caller fetches on a miss. It does not model memory by bytes, invalidation by writes, or stampedes: a key counts as stored when it is asked for.':
    'تحتفظ بالإجابات للمرة القادمة. مع وصلات خارجة تكون قراءة عابرة (read-through): الإخفاق يسلكها. وفي المسار تكون {"call": "cache", "miss": […]} ذاكرة جانبية (cache-aside): المستدعي يجلب عند الإخفاق. لا تمثّل الذاكرة بالبايت، ولا الإبطال بالكتابة، ولا التدافع: يُعَدّ المفتاح مخزّنًا حين يُطلب.',
  'What people see on the canvas and in tables. The node\'s id stands in for it where it is not written.':
    'ما يراه الناس على اللوحة وفي الجداول. يحل معرّف العقدة محله حيث لا يُكتب.',
  'The failure domain the node runs in. A zone-down fault stops every node of a zone at once.':
    'نطاق العطل الذي تعمل فيه العقدة. عطل zone-down يوقف كل عُقد المنطقة دفعة واحدة.',
  'How many equal copies run. Each has its own places and, unless balance is shared, its own queue.':
    'كم نسخة متساوية تعمل. لكل منها أماكنها، وطابورها أيضًا ما لم يكن التوزيع shared.',
  'Requests that one replica serves at the same time (threads, workers). "inf" makes it a pure delay: nothing ever waits.':
    'الطلبات التي تخدمها النسخة الواحدة في الوقت نفسه (خيوط، عمّال). «inf» يجعلها تأخيرًا محضًا: لا شيء ينتظر.',
  'Requests that may wait per replica while all places are busy; a request that finds them full is rejected. Those in service are not counted.':
    'الطلبات التي يجوز أن تنتظر عند النسخة الواحدة وكل الأماكن مشغولة؛ والطلب الذي يجدها ممتلئة يُرفض. ما هو قيد الخدمة لا يُحسب.',
  'What happens to a request that finds all waiting places taken. reject: it is turned away. block: it waits where it is; one that was forwarded keeps its place there until there is room (blocking after service).':
    'ما يحدث لطلب يجد كل أماكن الانتظار مشغولة. reject: يُرَدّ. block: ينتظر حيث هو؛ وما مُرِّر بـforward يحتفظ بمكانه هناك حتى يتسع المجال (الانسداد بعد الخدمة).',
  'How long one request keeps a place busy, in seconds: a distribution, or an object of one per operation with "default" for the rest.':
    'كم يشغل الطلب الواحد مكانًا، بالثواني: توزيع، أو كائن فيه توزيع لكل عملية مع «default» للبقية.',
  'What is different about single operations: service time, priority, the flow of steps, the error rate. An operation that is not named here follows the node\'s own properties.':
    'ما يختلف في عمليات بعينها: زمن الخدمة، والأولوية، ومسار الخطوات، ومعدل الخطأ. العملية التي لا تُسمى هنا تتبع خصائص العقدة نفسها.',
  'How long this operation keeps a place busy, in seconds. With a flow, its compute steps say that instead.':
    'كم تشغل هذه العملية مكانًا، بالثواني. مع وجود مسار تقول ذلك خطوات الحساب فيه.',
  'Order of service under a priority discipline: the smaller number is served first. Unset: the node\'s.':
    'ترتيب الخدمة في انضباط الأولوية: العدد الأصغر يُخدم أولًا. إن لم يُحدَّد: ما للعقدة.',
  'The steps of the operation, in order: compute, call, publish, parallel, choose, repeat. Unset: compute the service time, then take the out-edges in document order.':
    'خطوات العملية بالترتيب: compute وcall وpublish وparallel وchoose وrepeat. إن لم تُحدَّد: يُحسب زمن الخدمة ثم تُسلك الوصلات الخارجة بترتيب المستند.',
  'Share of requests of this operation that fail after their service, 0 to 1. Unset: the node\'s.':
    'نسبة طلبات هذه العملية التي تفشل بعد خدمتها، من 0 إلى 1. إن لم تُحدَّد: ما للعقدة.',
  'Which waiting request is served next: first or last come, a random one, the smallest priority number (preemptive: it also interrupts), the shortest job, the shortest remaining time, the earliest deadline. ps shares the places equally among all that are there.':
    'أي طلب منتظر يُخدم تاليًا: الأول وصولًا أو الأخير، أو عشوائي، أو صاحب أصغر رقم أولوية (preemptive: يقاطع أيضًا)، أو أقصر عمل، أو أقصر زمن متبقٍّ، أو أقرب موعد نهائي. ps يقسّم الأماكن بالتساوي بين كل الحاضرين.',
  'How requests are spread over the replicas. p2c takes the less busy of two random ones; hash sends what one replica of the caller sends to one replica here (a client\'s requests have a random key each); shared is one queue for all replicas.':
    'كيف تُوزَّع الطلبات على النسخ. p2c يختار الأقل انشغالًا من اثنتين عشوائيتين؛ hash يرسل ما تبعثه نسخة من المستدعي إلى نسخة واحدة هنا (لكل طلب من العميل مفتاح عشوائي)؛ shared طابور واحد لكل النسخ.',
  'Order of service under a priority discipline: the smaller number is served first. Operations may have their own.':
    'ترتيب الخدمة في انضباط الأولوية: العدد الأصغر يُخدم أولًا. قد يكون للعمليات ترتيبها الخاص.',
  'Share of requests that fail after their service, 0 to 1 ("2%" is 0.02).':
    'نسبة الطلبات التي تفشل بعد خدمتها، من 0 إلى 1 («2%» هي 0.02).',
  'How long a waiting request stays before it leaves the queue unserved, in seconds. Unset: for ever.':
    'كم يبقى الطلب المنتظر قبل أن يغادر الطابور دون خدمة، بالثواني. إن لم تُحدَّد: إلى الأبد.',
  'What a replica refuses at its door, before the queue: too many requests per second, or too many at once.':
    'ما ترفضه النسخة عند بابها قبل الطابور: طلبات كثيرة جدًا في الثانية، أو في الوقت نفسه.',
  'Requests per second that a replica admits, by a token bucket; the rest are rejected.':
    'الطلبات التي تقبلها النسخة في الثانية، بدلو رموز (token bucket)؛ والباقي يُرفض.',
  'Size of the token bucket: requests admitted at once after a quiet time. Unset: what the rate admits in one second.':
    'حجم دلو الرموز: ما يُقبل دفعة واحدة بعد فترة هدوء. إن لم يُحدَّد: ما يسمح به المعدل في ثانية.',
  'Requests inside a replica, waiting or served, beyond which new ones are rejected (load shedding).':
    'الطلبات داخل النسخة، منتظرةً أو مخدومة، التي يُرفض الجديد بعدها (طرح الحِمل).',
  'The machine that one replica runs on: what it costs and how fast it is.':
    'الجهاز الذي تعمل عليه النسخة الواحدة: كلفته وسرعته.',
  'US dollars per replica and hour, for the cost of the design.':
    'بالدولار الأمريكي لكل نسخة في الساعة، لحساب كلفة التصميم.',
  'How fast it is compared with the machine the service times were measured on: they are divided by it.':
    'سرعته مقارنةً بالجهاز الذي قيست عليه أزمنة الخدمة: تُقسم الأزمنة عليها.',
  'Rules that add and remove replicas. Kept in the document; the engine does not act on it yet.':
    'قواعد تضيف النسخ وتزيلها. تُحفظ في المستند، ولا يعمل بها المحرّك بعد.',
  'Share of requests that are found, 0 to 1. Used unless keys and capacity say what is asked for and what fits.':
    'نسبة الطلبات التي توجد إجابتها، من 0 إلى 1. تُستخدم ما لم تقل المفاتيح والسعة ما يُطلب وما يتسع.',
  'How many different keys are asked for. With capacity, hits then follow from what is in the cache.':
    'كم مفتاحًا مختلفًا يُطلب. مع السعة تنتج الإصابات مما هو في الذاكرة المخبئية.',
  'Entries that fit into the cache (one replica).':
    'المداخل التي تتسع لها الذاكرة المخبئية (نسخة واحدة).',
  'Exponent of Zipf\'s law for the popularity of keys: 0 is uniform, 0.99 is usual for web traffic.':
    'أُسّ قانون زيف (Zipf) لشعبية المفاتيح: 0 منتظم، و0.99 معتاد لحركة الويب.',
  'Age at which an entry is no longer used, in seconds. Unset: never.':
    'العمر الذي لا يُستخدم المدخل بعده، بالثواني. إن لم يُحدَّد: أبدًا.',
  'What leaves a full cache: the least recently used entry, the oldest one, or a random one.':
    'ما يغادر ذاكرة ممتلئة: أقدم المداخل استخدامًا، أو أقدمها، أو واحد عشوائي.',
  'A Redis server: commands are executed one after another by one thread, in 5 to 14 us each where it was measured, so its limit is about 100,000 commands per second. Network time belongs on the edge. It does not model pipelining, persistence or cluster slots.':
    'خادم Redis: تُنفَّذ الأوامر واحدًا بعد آخر في خيط واحد، كل منها في 5 إلى 14 µs حيث قيست، فحدّه نحو 100,000 أمر في الثانية. زمن الشبكة مكانه الوصلة. لا يمثّل التنفيذ الأنبوبي ولا الحفظ ولا شرائح العنقود.',
  'A memcached server with four worker threads. Network time belongs on the edge. It does not model slabs or multi-gets.':
    'خادم memcached بأربعة خيوط عاملة. زمن الشبكة مكانه الوصلة. لا يمثّل الألواح ولا القراءات المتعددة.',
  'People or programs that make requests, by an open or closed load. Its response time is what they see, end to end. It does not model how they behave after errors, beyond the retries on its edges.':
    'أناس أو برامج يرسلون الطلبات، بحِمل مفتوح أو مغلق. زمن استجابته هو ما يرونه من طرف إلى طرف. لا يمثّل سلوكهم بعد الأخطاء غير إعادة المحاولة على وصلاته.',
  'How requests are made: open (they come whatever happens: rate, interarrival, pattern, trace, mmpp, map) or closed (users who wait for the answer, think, and ask again).':
    'كيف تُرسل الطلبات: مفتوح (تأتي مهما حدث: rate أو interarrival أو pattern أو trace أو mmpp أو map) أو مغلق (مستخدمون ينتظرون الجواب ثم يفكرون ثم يسألون ثانية).',
  'Requests per second on average, at exponential distances (a Poisson process).':
    'الطلبات في الثانية في المتوسط، بفواصل أسّية (عملية بواسون).',
  'Time from one request to the next, in seconds, independent of each other (a renewal process).':
    'الزمن من طلب إلى الذي يليه، بالثواني، مستقلًّا بعضها عن بعض (عملية تجدد).',
  'A rate that changes over time: points joined by straight lines, the last rate going on for ever. Arrivals are Poisson at the rate of the moment.':
    'معدل يتغير مع الزمن: نقاط تصلها خطوط مستقيمة، ويستمر المعدل الأخير إلى الأبد. الوصول عملية بواسون بمعدل اللحظة.',
  'Simulated time of the point, in seconds; each later than the one before.':
    'الزمن المحاكى للنقطة، بالثواني؛ كل نقطة بعد سابقتها.',
  'Requests per second at that time.':
    'الطلبات في الثانية عند ذلك الزمن.',
  'Recorded arrivals: a list of [time in seconds, operation] or [time], times not decreasing. Played once.':
    'وصول مسجَّل: قائمة من [الزمن بالثواني، العملية] أو [الزمن]، بأزمنة لا تتناقص. تُعاد مرة واحدة.',
  'States with a Poisson rate each, taken in turn for a random time each (a Markov-modulated Poisson process when the times are exponential).':
    'حالات لكل منها معدل بواسون، تتعاقب وتدوم كل منها زمنًا عشوائيًا (عملية بواسون معدَّلة بماركوف حين تكون الأزمنة أسّية).',
  'Requests per second in this state.':
    'الطلبات في الثانية في هذه الحالة.',
  'How long the state lasts, in seconds.':
    'كم تدوم الحالة، بالثواني.',
  'Requests that come at once at each arrival of an open load, rounded to a whole number, at least 1. Unset: 1.':
    'الطلبات التي تأتي معًا عند كل وصول من حِمل مفتوح، مقرَّبةً إلى عدد صحيح، 1 على الأقل. إن لم تُحدَّد: 1.',
  'How many users there are: each has one request under way at most (closed load).':
    'كم عدد المستخدمين: لكل منهم طلب واحد جارٍ على الأكثر (حِمل مغلق).',
  'Time a user waits between the end of a request and the next one, in seconds.':
    'الزمن الذي ينتظره المستخدم بين نهاية طلب وبداية الذي يليه، بالثواني.',
  'Which operations are asked for, and how often compared with each other. Each has its own statistics, priority and service times everywhere.':
    'أي العمليات تُطلب، وكم مرة مقارنةً بعضها ببعض. لكل منها إحصاؤها وأولويتها وأزمنة خدمتها في كل مكان.',
  'A store that answers queries over a limited number of connections and cores. It does not model locks, indexes, replication lag or disk caches: write their effect into the service time.':
    'مخزن يجيب عن الاستعلامات عبر عدد محدود من الاتصالات والأنوية. لا يمثّل الأقفال ولا الفهارس ولا تأخر النسخ المتماثل ولا مخابئ القرص: اكتب أثرها في زمن الخدمة.',
  'Connections to one replica: requests it works on at the same time. Others wait for a free one.':
    'الاتصالات بالنسخة الواحدة: الطلبات التي تعمل عليها في الوقت نفسه. غيرها ينتظر اتصالًا خاليًا.',
  'Processor cores of one replica. When more connections are busy than there are cores, all slow down in proportion.':
    'أنوية المعالج في النسخة الواحدة. حين تنشغل اتصالات أكثر من الأنوية تتباطأ كلها بالتناسب.',
  'PostgreSQL with its usual 100 connections. Measured short read-write transactions take 0.5 to 0.9 ms of a core each. It does not model locks, vacuum, checkpoints or replication.':
    'PostgreSQL بعدد اتصالاته المعتاد 100. قيست معاملات قراءة وكتابة قصيرة بين 0.5 و0.9 ms من زمن نواة لكل منها. لا يمثّل الأقفال ولا التنظيف (vacuum) ولا نقاط التحقق ولا النسخ المتماثل.',
  'MySQL with its usual 151 connections. It does not model locks, purging or replication.':
    'MySQL بعدد اتصالاته المعتاد 151. لا يمثّل الأقفال ولا التطهير ولا النسخ المتماثل.',
  'A document store reached through a driver\'s pool of 100 connections. It does not model shards, elections or write concerns.':
    'مخزن مستندات يُبلغ عبر مجمّع من 100 اتصال. لا يمثّل الشظايا ولا الانتخابات ولا ضمانات الكتابة.',
  'A search engine\'s data node with the search threads of 8 cores. Light queries take a few milliseconds, heavy ones hundreds: write your own mix. It does not model shards, merges or scatter and gather.':
    'عقدة بيانات لمحرك بحث بخيوط بحث لثماني أنوية. الاستعلام الخفيف يأخذ بضعة ميلي ثوانٍ والثقيل مئات: اكتب مزيجك. لا تمثّل الشظايا ولا الدمج ولا التوزيع والتجميع.',
  'Takes messages from publish edges, keeps them, and hands them to its out-edges as consumers become free. It does not model disks, replication or message order across partitions.':
    'يأخذ الرسائل من وصلات publish ويحتفظ بها ويسلّمها إلى وصلاته الخارجة حين يتفرغ المستهلكون. لا يمثّل الأقراص ولا النسخ المتماثل ولا ترتيب الرسائل بين الأقسام.',
  'How long the broker takes to accept a message, in seconds.':
    'كم يأخذ الوسيط لقبول رسالة، بالثواني.',
  'Independent ordered parts of the queue, for broadcast delivery: messages are spread over them at random, and a consumer group handles one message of a part at a time. Competing consumers share one backlog.':
    'أجزاء مستقلة مرتبة من الطابور، لتسليم broadcast: تُوزَّع الرسائل عليها عشوائيًا، وتعالج مجموعة المستهلكين رسالة واحدة من الجزء في كل مرة. المستهلكون المتنافسون يتقاسمون رصيدًا واحدًا.',
  'compete: each message goes to one of the consumers. broadcast: each out-edge is a consumer group of its own and gets every message.':
    'compete: كل رسالة تذهب إلى أحد المستهلكين. broadcast: كل وصلة خارجة مجموعة مستهلكين قائمة بذاتها وتصلها كل رسالة.',
  'Messages under way to the consumer of one out-edge at the same time, before an earlier one is acknowledged.':
    'الرسائل الجارية نحو مستهلك وصلة خارجة واحدة في الوقت نفسه، قبل الإقرار بواحدة سابقة.',
  'Messages that may wait for consumers; a message that finds the queue full is rejected.':
    'الرسائل التي يجوز أن تنتظر المستهلكين؛ والرسالة التي تجد الطابور ممتلئًا تُرفض.',
  'How often a message is delivered when its consumer fails before it is given up as dead, 1 to 1000.':
    'كم مرة تُسلَّم الرسالة حين يفشل مستهلكها قبل أن تُعَدّ ميتة، من 1 إلى 1000.',
  'A broker with competing consumers. Quorum queues on three nodes were measured at 40,000 messages per second; the defaults give that. It does not model exchanges, routing keys or flow control.':
    'وسيط بمستهلكين متنافسين. قيست طوابير النصاب (quorum) على ثلاث عُقد عند 40,000 رسالة في الثانية؛ والقيم الافتراضية تعطي ذلك. لا يمثّل التبادلات ولا مفاتيح التوجيه ولا ضبط التدفق.',
  'A partitioned log: every out-edge is a consumer group that gets every message, one at a time per partition. Three brokers were measured at about 800,000 small records per second with 2 ms from end to end; the defaults give that. It does not model batching, rebalancing or retention.':
    'سجل مقسَّم: كل وصلة خارجة مجموعة مستهلكين تصلها كل رسالة، واحدة في كل مرة لكل قسم. قيست ثلاثة وسطاء عند نحو 800,000 سجل صغير في الثانية مع 2 ms من طرف إلى طرف؛ والقيم الافتراضية تعطي ذلك. لا يمثّل التجميع ولا إعادة التوازن ولا مدة الاحتفاظ.',
  'A program that answers requests: it computes, calls other nodes and publishes messages as its flow says, and keeps a place busy until all calls have returned. Its places do not compete for processors unless it has code, whose handlers share them; memory and garbage collection are not modelled. The defaults are a small web service.':
    'برنامج يجيب الطلبات: يحسب ويستدعي عُقدًا أخرى وينشر رسائل كما يقول مساره، ويُبقي المكان مشغولًا حتى تعود كل الاستدعاءات. لا تتنافس أماكنه على المعالج إلا إذا كانت له شيفرة، فتتقاسمه دوال المعالجة فيها؛ ولا تُمثَّل الذاكرة ولا جمع المهملات. والقيم الافتراضية خدمة ويب صغيرة.',
  'A reverse proxy, load balancer or API gateway: a little work per request, and many requests waiting for what is behind it. Each request keeps a place until its answer is back.':
    'وكيل عكسي أو موازن حِمل أو بوابة API: عمل قليل لكل طلب، وطلبات كثيرة تنتظر ما وراءه. كل طلب يحتفظ بمكان حتى يعود جوابه.',
  'Somebody else\'s service (payments, mail, maps): it takes its time and never queues on your account. It does not model the provider\'s own load; add limits for its quota.':
    'خدمة لجهة أخرى (دفع أو بريد أو خرائط): تأخذ وقتها ولا تصطف أبدًا بسببك. لا تمثّل حِمل مزوّدها؛ أضف حدودًا لحصتك منها.',
  'The bare queueing station of the textbooks: places, a queue, a discipline, a service time, and nothing assumed. concurrency is the c of M/M/c; K of M/M/c/K is concurrency + queue.':
    'محطة الطوابير المجردة كما في الكتب: أماكن وطابور وانضباط وزمن خدمة، دون افتراض شيء. التزامن هو c في M/M/c؛ وK في M/M/c/K هو التزامن + الطابور.',
  'How requests are spread over the replicas. shared is one queue for all of them, as in the textbook M/M/c.':
    'كيف تُوزَّع الطلبات على النسخ. shared طابور واحد لها كلها، كما في M/M/c في الكتب.',
  'Time a place needs to get ready when it has stood idle, in seconds, added to the first service. Unset: none.':
    'الزمن الذي يحتاجه مكان ليستعد بعد أن وقف خاليًا، بالثواني، يُضاف إلى الخدمة الأولى. إن لم يُحدَّد: لا شيء.',
  'Load-dependent rate: the total speed of one replica with 1, 2, 3, … requests in service, as a list; the last number holds beyond its end. Those in service share it equally. Unset: each runs at speed 1.':
    'معدل يتبع الحِمل: السرعة الكلية للنسخة الواحدة مع 1 و2 و3 … طلبات قيد الخدمة، على شكل قائمة؛ والرقم الأخير يسري بعد نهايتها. ما هو قيد الخدمة يتقاسمها بالتساوي. إن لم تُحدَّد: يعمل كل طلب بسرعة 1.',
  'Time for which a place goes away whenever it finds nobody waiting, in seconds, again and again until somebody is. Unset: it stays.':
    'المدة التي يغيبها مكان كلما لم يجد منتظرًا، بالثواني، مرة بعد مرة حتى يوجد منتظر. إن لم تُحدَّد: يبقى.',
  'One Express 5 service per service node, in JavaScript for Node.js 20 or later, with PostgreSQL, Redis and Redis streams as the design uses them: validation, problem documents, health, metrics, logs, traces, resilience, tests, containers and a load script.':
    'خدمة Express 5 لكل عقدة خدمة، بلغة JavaScript لـNode.js 20 أو أحدث، مع PostgreSQL وRedis ومجاري Redis كما يستخدمها التصميم: تحقق من المدخلات، ومستندات مشكلات، وصحة، ومقاييس، وسجلات، وآثار، ومرونة، واختبارات، وحاويات، ونص تحميل.',

  'A place serves several requests at once, by one service time for all of them, that of the first. Unset: one at a time.':
    'يخدم المكان الواحد عدة طلبات معًا بزمن خدمة واحد لها جميعًا هو زمن أولها. إن لم يُحدَّد: طلب واحد في كل مرة.',
  'Requests that one place serves at once, at most.':
    'أكثر ما يخدمه المكان الواحد من الطلبات معًا.',
  'A free place begins when so many requests wait; it never waits for more than max.':
    'يبدأ المكان الخالي حين ينتظر هذا العدد من الطلبات؛ ولا ينتظر أبدًا أكثر من max.',
  'A free place begins with fewer than the least when the first of them has waited for so long, in seconds. Unset: it waits for ever.':
    'يبدأ المكان الخالي بأقل من الحد الأدنى حين ينتظر أولها هذه المدة بالثواني. إن لم تُحدَّد: ينتظر بلا حد.',
  'A Markovian arrival process: states that change at given rates, some changes bringing a request (an MMPP whose arrivals may also change the state). It begins in the first state.':
    'عملية وصول ماركوفية: حالات تتغير بمعدلات معطاة، وبعض التغيرات يأتي بطلب (كعملية MMPP قد يغيّر الوصول فيها الحالة أيضًا). تبدأ من الحالة الأولى.',
  'Rates per second of the changes from one state (row) to another (column) that bring no request. The diagonal is 0, or minus the sum of its rows in d0 and d1.':
    'معدلات التغير في الثانية من حالة (صف) إلى أخرى (عمود) بلا طلب. القطر صفر، أو سالب مجموع صفّيه في d0 وd1.',
  'Rates per second of the changes that bring a request; on the diagonal, of requests that leave the state as it is.':
    'معدلات التغير في الثانية التي تأتي بطلب؛ وعلى القطر معدلات الطلبات التي تُبقي الحالة كما هي.',
  'Code that the node runs for every request, message and timer, in simulated time: its own logic, and its own cost, in place of a service time and a flow. Services, gateways and the like run it; elsewhere it has no effect.':
    'شيفرة تشغّلها العقدة لكل طلب ورسالة ومؤقّت، في الزمن المحاكى: منطقها الخاص وكلفتها الخاصة، بدلًا من زمن خدمة ومسار. تشغّلها الخدمات والبوابات وأمثالها؛ ولا أثر لها في غيرها.',
  'What the source is written in: JavaScript with onRequest, onMessage, onTimer and onStart; or wasm, a WebAssembly module of your own in base64.':
    'ما كُتب به المصدر: JavaScript فيها onRequest وonMessage وonTimer وonStart؛ أو wasm، أي وحدة WebAssembly خاصة بك بترميز base64.',
  'The code itself, as text; its functions onRequest, onMessage, onTimer and onStart are called by name.':
    'الشيفرة نفسها نصًّا؛ تُستدعى دوالها onRequest وonMessage وonTimer وonStart بأسمائها.',
  'Processor cores of one replica, shared by what it handles at the same time, 1 or more. 1 is an event loop.':
    'أنوية المعالج في النسخة الواحدة، يتقاسمها ما تعالجه في الوقت نفسه، 1 أو أكثر. 1 حلقة أحداث.',
  'Simulated processor time per unit of fuel, in seconds. Fuel is what the metered interpreter burns. The default is what the interpreter itself takes; the same code compiled, as on Node, takes about 0.003 ns (tools/bench handlers measures both).':
    'زمن المعالج المحاكى لكل وحدة وقود، بالثواني. الوقود هو ما يحرقه المفسّر المقيس. القيمة الافتراضية ما يأخذه المفسّر نفسه؛ والشيفرة نفسها مترجمةً، كما على Node، تأخذ نحو 0.003 ns (‏tools/bench handlers يقيس الاثنين).',
  'Fuel that one request, message, timer or answer may burn at a time. One that needs more ends with the error handler_budget.':
    'الوقود الذي يجوز أن يحرقه طلب أو رسالة أو مؤقّت أو جواب في المرة. ما يحتاج إلى أكثر ينتهي بالخطأ handler_budget.',
  'Memory of a replica\'s interpreter, in bytes, the interpreter included (about 2 MiB). A request that needs more ends with the error handler_memory.':
    'ذاكرة مفسّر النسخة الواحدة بالبايت، والمفسّر ضمنها (نحو 2 MiB). الطلب الذي يحتاج إلى أكثر ينتهي بالخطأ handler_memory.',
  'Log lines of the node that results keep; further ones are counted only.':
    'أسطر سجل العقدة التي تحتفظ بها النتائج؛ وما زاد يُعَدّ فقط.',
};
