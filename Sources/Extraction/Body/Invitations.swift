/// How a line begins that invites readers to something else than the text: another article, a film, a newsletter, a
/// channel. By language; `Boilerplate` asks for them. A beginning stands here only when no sentence of news begins like
/// it.
enum Invitations {
  static let starts: [String] =
    english + german + romance + northern + slavic + baltic + eastern + southern + asian

  /// Lines that are nothing but one.
  static let whole: [String] =
    [
      "廣告", "광고", "reklāma", "reklaam", "hirdetés", "publicitate", "oglas", "διαφήμιση", "إعلان", "اعلان", "פרסומת",
      "विज्ञापन", "বিজ্ঞাপন", "โฆษณา", "quảng cáo", "iklan", "mainos", "auglýsing", "reclamă", "реклама.",
      "advertentie", "skip ad", "audio", "video", "vídeo", "vidéo", "podcast", "newsletter", "kapcsolódó",
      "siehe auch", "articolo precedente", "articolo successivo", "previous article", "next article",
      "article précédent", "article suivant", "artículo anterior", "artículo siguiente", "artigo anterior",
      "nächster artikel", "anketa", "続きを読む", "انتهای پیام", "tekst gaat verder na de advertentie", "gambas:video",
      "noticia relacionada", "noticias relacionadas", "most popular", "notizia correlata", "passer la publicité",
      "[gambas:video 20detik]", "watch more",
    ] + labels

  /// What stands on buttons and over lists, by language.
  private static let labels = [
    "you might also like", "advertisement - continue reading below", "advertisement scroll to continue with content",
    "comments are closed", "print this page", "report a typo", "save article", "save this article", "artikel teilen",
    "diesen artikel teilen", "artikel drucken", "diesen artikel weiterempfehlen", "partager", "partager cet article",
    "partager l'article", "tous droits réservés", "article réservé aux abonnés", "compartir", "compartir artículo",
    "todos los derechos reservados", "condividi", "condividi questo articolo", "potrebbe interessarti anche",
    "compartilhe", "compartilhar", "partilhar", "assine a nossa newsletter", "deel dit artikel",
    "schrijf je in voor onze nieuwsbrief", "meer over dit onderwerp", "dela", "dela artikeln", "del artiklen",
    "del artikkelen", "jaa artikkeli", "udostępnij", "zapisz się do newslettera", "sdílet",
    "přihlaste se k odběru newsletteru", "zdieľať", "megosztás", "kapcsolódó cikkek", "distribuie",
    "urmărește-ne pe facebook", "podijeli", "podeli", "подели", "поделиться", "подробнее", "поділитися", "сподели",
    "още по темата", "следвайте ни във facebook", "κοινοποίηση", "paylaş", "ilgili haberler", "İlgili Haberler",
    "tangazo", "bagikan", "شارك", "مشاركة", "شارك الخبر", "اقرأ المزيد", "مواضيع ذات صلة", "اشترك في النشرة البريدية",
    "تبلیغات", "اشتراک گذاری", "שתפו", "שתף", "शेयर करें", "শেয়ার করুন", "விளம்பரம்", "分享", "关注我们", "点击查看更多", "更多精彩内容",
    "版权声明", "更多新聞", "訂閱電子報", "加入line好友", "シェア", "シェアする", "この記事をシェア", "会員登録", "無料会員登録", "ログイン", "ログインして続きを読む", "구독",
    "구독하기", "공유하기", "기사 공유", "แชร์", "ติดตามเราได้ที่", "chia sẻ", "tin liên quan", "đăng ký nhận tin",
  ]

  private static let english = [
    "if you have found a spelling error", "get unlimited access", "continue reading with",
    "our journalism needs your support", "have you got a story for us", "this article was first published",
    "this story was first published", "watch more of our", "watch | ", "watch live:", "listen | ", "listen:",
    "listen to this article", "listen to the best of", "this is a developing story", "this is a breaking news story",
    "this story was updated", "this story has been updated", "this article was updated",
    "this article has been updated", "audio produced by", "keep reading:", "recommended reading:", "related reading:",
    "as told to ", "this interview has been edited", "let us know what you think", "- with files from",
    "your support has never been", "would you consider supporting", "in case you missed it:", "(with inputs from",
    "with inputs from", "track latest news", "for more expert analysis", "get more from the", "* follow us on",
    "read the full story", "have a tip?", "got a tip?", "stay on top of our", "this article appeared in the",
    "this article appears in the", "when you buy a book using", "read more from", "this is a subscriber-only story",
    "this article was produced for", "share on facebook", "more stories from", "related stories:", "also see:",
    "know more about this story", "skip advertisement", "make us your preferred source", "add us as a preferred source",
    "enter your email to", "scroll down for", "never miss a story", "never miss an update", "bookmark our ",
    "our website is your", "our website is the place", "connect with us", "send local news tips", "(top photo",
    "read related topics", "get latest news live", "reach the reporter", "reach reporter", "[further reading",
    "[see also", "[see more",
    "get in touch by", "get in touch with us", "get in touch with our", "support independent journalism by",
    "do you have an opinion on the issues raised", "visit daily maverick's home page",
    "(except for the headline, this story has not been edited", "summary is ai-generated",
    "ai-generated summary reviewed", "key takeaways ai-generated summary",
    "what do you think of this story? let us know",
  ]

  private static let german = [
    "der text geht weiter", "der artikel geht weiter", "haben sie hinweise zu", "haben sie hinweise zum thema",
    "haben sie feedback", "die fragen stellte", "siehe auch:", "korrektur,", "korrektur:", "was haltet ihr von",
    "die in gastbeiträgen", "rubriklistenbild", "dieser text wurde mit maschineller", "auf facebook teilen",
    "vorheriger artikel", "haben sie einen hinweis für", "hören sie hier", "im audio:", "im video:", "sehen sie hier",
    "lesen sie:", "lies hier", "lies dazu", "sie wollen nichts mehr verpassen", "nichts mehr verpassen",
    "keine nachrichten mehr verpassen", "hier gibt's mehr", "hier geht's zum", "hier geht's zur", "hier geht es zum",
    "erstpublikation:", "das ist ein beitrag, der im rahmen unserer", "mehr aktuelle news", "mehr aktuelle nachrichten",
    "hier findest du inhalte von", "um eingebettete inhalte anzuzeigen", "um mit inhalten aus sozialen",
    "optimieren sie ihre browser*", "bitte passen sie die einstellungen", "mehr informationen:",
    "dieses element ist nicht mehr verfügbar", "zum weiterlesen", "an dieser stelle findest du",
    "an dieser stelle finden sie", "transparenzhinweis", "jetzt anhören", "artikel anhören", "diesen artikel anhören",
    "diesen artikel vorlesen", "artikel vorlesen", "beitrag anhören", "dieser artikel ist für abonnenten",
    "zugang zu allen inhalten", "zugang zu allen artikeln", "zugang zu allen f+", "zugang zu allen beiträgen",
  ]

  private static let romance = [
    "vidéo.", "pour visionner ce contenu", "vous avez trouvé une erreur", "foto di copertina:", "in copertina:",
    "vă recomandăm și", "vă recomandăm şi", "tem dúvidas, sugestões", "propos recueillis par", "entretien réalisé par",
    "- avec la collaboration", "vidéo :", "vidéo:", "en vidéo :", "en vidéo:", "écouter l'article", "écoutez l'article",
    "retrouvez toute l'actualité", "retrouvez tous nos", "retrouvez l'ensemble de", "lire également",
    "à lire également", "à voir aussi", "à voir :", "la suite après", "la suite de cet article",
    "cet article est réservé", "envie de lire la suite", "déjà abonné", "seguí leyendo", "sigue leyendo",
    "seguir leyendo", "leé también", "lea tambien", "lee tambien", "mirá también", "mira también", "mire también",
    "vea también", "te recomendamos", "recomendado:", "¿quieres recibir", "escucha el episodio", "escucha el podcast",
    "compartir en facebook", "recibe las noticias", "recibe en tu", "recibí las", "recibe nuestra", "únete a nuestro",
    "únete al canal", "puedes seguir a el", "puedes seguir toda", "puedes seguir la actualidad", "puedes seguirnos",
    "continúa leyendo", "para seguir leyendo", "en video:", "en vídeo:", "lo más leído", "lea aquí", "lea acá",
    "veja vídeo", "veja o vídeo", "leia a íntegra", "continua depois da publicidade", "continua após a publicidade",
    "assine já", "assine agora", "receba as notícias", "receba no", "siga o canal", "clique aqui", "ler mais:",
    "ouça o podcast", "ascolta questo articolo", "ascolta l'articolo", "ascolta il podcast", "guarda anche",
    "continua a leggere", "approfondisci:", "clicca qui", "condividi su facebook", "segui il canale",
    "segui le notizie", "resta aggiornato", "citeşte şi", "citește mai", "urmărește cele mai", "urmăreşte cele mai",
    "sursa foto", "sursă foto", "articolul continuă", "abonează-te", "vezi și", "ascultă și", "ascultați și",
    "te-ar putea interesa", "llegeix també", "llegiu també",
  ]

  private static let northern = [
    "de tekst gaat verder", "tekst gaat verder", "dit artikel gaat verder", "lees verder", "luister hieronder",
    "bekijk onze video", "beluister hier", "luister naar de podcast", "luister ook", "bekijk ook", "bekijk hier",
    "volg ons", "meld je aan", "wil je niets missen", "heb je een tip", "saken fortsetter", "artikkelen fortsetter",
    "artiklen fortsætter", "følg oss", "dette er en kommentar.", "dette er et debattinnlegg", "dette er en leder.",
    "meld deg på", "tilmeld dig", "tips oss", "har du tips", "artikeln fortsätter", "texten fortsätter",
    "lyssna på podden", "lyssna:", "tipsa oss", "prenumerera", "mer i ämnet", "juttu jatkuu", "artikkeli jatkuu",
    "mitä ajatuksia juttu", "tilaa uutiskirje", "lesið einnig", "ert þú með ábendingu",
  ]

  private static let slavic = [
    "ten artykuł przeczytasz z aktywną", "нашли ошибку?", "знайшли помилку?", "нашли опечатку?", "заметили ошибку?",
    "заметили опечатку?", "если вы заметили ошибку, выделите", "если вы нашли ошибку, выделите",
    "если вы обнаружили ошибку, выделите", "если вы заметили опечатку, выделите", "если вы заметили ошибку в тексте",
    "если вы нашли ошибку в тексте", "если вы нашли ошибку, пожалуйста, выделите", "якщо ви помітили помилку, виділіть",
    "якщо ви знайшли помилку, виділіть", "якщо ви помітили помилку в тексті", "помітили помилку?",
    "dalszy ciąg materiału", "dalszy ciąg artykułu", "dalsza część artykułu", "dalsza część tekstu",
    "ciąg dalszy artykułu", "reszta artykułu", "czytaj również", "przeczytaj także", "przeczytaj też",
    "przeczytaj również", "zobacz także", "zobacz również", "zobacz wideo", "posłuchaj podcastu",
    "dziękujemy, że przeczyta*", "obserwuj nas", "więcej informacji znajdziesz", "źródło zdjęcia", "źródło:",
    "zapisz się na", "bądź na bieżąco", "čtěte více", "článek pokračuje", "text pokračuje", "mohlo by vás zajímat",
    "sledujte nás", "čítajte aj", "čítajte tiež", "čítajte viac", "máte pripomienku", "našli ste chybu",
    "článok pokračuje", "pročitajte i", "pročitajte još", "pročitaj i", "pročitajte više", "čitajte još", "pratite nas",
    "tekst se nastavlja", "članak se nastavlja", "nastavak teksta", "preberite tudi", "preberite še",
    "pogledajte video", "bonus video", "prijavi se na newsletter", "prijavite se na newsletter", "прочитајте",
    "пратите нас", "прочетете още", "вижте още", "вижте също", "четете още", "читать также", "читайте ещё",
    "читайте еще", "смотрите также", "подпишитесь", "подписаться", "читайте також", "дивіться також", "підписуйтесь",
    "підпишіться", "джерело:", "больше новостей", "больше новинок",
  ]

  private static let baltic = [
    "loe ka", "loe veel", "loe lisaks", "loe edasi", "vaata ka", "kuula ka", "lasi arī", "lasi vēl", "lasiet arī",
    "seko mums", "skatīt visas", "skatīt vairāk", "skaitykite taip pat", "taip pat skaitykite", "skaitykite daugiau",
    "viso pokalbio klausykitės", "sekite mus",
  ]

  private static let eastern = [
    "(borítókép:", "borítókép:", "nyitókép:", "olvassa el", "olvasd el", "kapcsolódó cikk", "ez is érdekelheti",
    "iratkozzon fel", "iratkozz fel", "kövessen minket", "cikkünk a hirdetés", "a cikk a hirdetés",
    "ha van ehhez hasonló", "kövesse a ", "haberin devamı", "bunlar da ilginizi", "bizi takip edin", "abone ol",
    "დაწვრილებით", "ayrıca bkz",
  ]

  private static let southern = [
    "δείτε επίσης", "δείτε ακόμα", "διαβάστε επίσης", "ακολουθήστε το", "ακολουθήστε μας", "اقرأ أيضا", "اقرأ أيضاً",
    "اقرأ أيضًا", "اقرأ المزيد", "اقرأ ايضا", "اقرا ايضا", "إقرأ أيضا", "شاهد أيضا", "شاهد أيضاً", "شاهد الفيديو",
    "تابعنا على", "تابعونا على", "للمزيد:", "קראו גם", "הירשמו", "לכתבה המלאה", "עוד בנושא", "بیشتر بخوانید",
    "همچنین بخوانید", "بیشتر بدانید", "مطالب مرتبط", "یہ بھی پڑھیں", "مزید پڑھیں", "soma zaidi", "pia soma",
    "funda nala", "funda futhi", "funda kabanzi", "thola izindaba zakho",
  ]

  private static let asian = [
    "यह भी पढ़ें", "ये भी पढ़ें", "ये खबर भी पढ़ें", "यह खबर भी पढ़ें", "इसे भी पढ़ें", "और पढ़ें", "हेही वाचा",
    "हे ही वाचा", "আরও পড়ুন", "আরো পড়ুন", "மேலும் படிக்க", "இதையும் படியுங்கள்", "ఇది కూడా చదవండి", "ఇవి కూడా చదవండి",
    "આ પણ વાંચો", "ಇದನ್ನೂ ಓದಿ", "ഇതും വായിക്കുക", "อ่านข่าวที่เกี่ยวข้อง", "อ่านเพิ่มเติม", "ข่าวที่เกี่ยวข้อง",
    "อ่านต่อ", "ติดตามข่าว", "xem thêm", "đọc thêm", "mời độc giả", "baca selengkapnya", "baca lainnya", "simak juga",
    "simak video", "lihat juga", "saksikan juga", "scroll to continue", "ikuti kami", "artikel ini telah tayang",
    "延伸閱讀", "相關報導", "更多報導", "推薦閱讀", "推荐阅读", "更多新闻", "更多文章", "看更多", "报道:", "报道：", "報道:", "報道：", "報導:", "報導：", "摄影:",
    "摄影：", "攝影:", "攝影：", "この記事は有料", "有料記事です", "有料会員になると", "こちらもおすすめ", "続きはこちら", "詳しくはこちら", "【纠错】", "【責任編輯", "【责任编辑",
    "责任编辑：", "责任编辑:", "(责编:", "（责编：", "(责编：", "【動画】", "【写真】", "動画:", "写真:", "※動画", "関連ニュース", "관련기사", "[관련기사]", "저작권자",
    "무단전재", "제보는 카카오톡", "기사 더보기",
  ]
}
