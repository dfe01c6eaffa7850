/// Names that HTML gives to the letters of Central and Eastern Europe (HTML standard, section 13.5); programs write
/// them that replace whatever has a name.
enum NamedLetters {
  /// Latin Extended-A.
  static let latin: [String: Unicode.Scalar] = [
    "Amacr": "\u{100}", "amacr": "\u{101}", "Abreve": "\u{102}", "abreve": "\u{103}", "Aogon": "\u{104}",
    "aogon": "\u{105}", "Cacute": "\u{106}", "cacute": "\u{107}", "Ccirc": "\u{108}", "ccirc": "\u{109}",
    "Cdot": "\u{10A}", "cdot": "\u{10B}", "Ccaron": "\u{10C}", "ccaron": "\u{10D}", "Dcaron": "\u{10E}",
    "dcaron": "\u{10F}", "Dstrok": "\u{110}", "dstrok": "\u{111}", "Emacr": "\u{112}", "emacr": "\u{113}",
    "Edot": "\u{116}", "edot": "\u{117}", "Eogon": "\u{118}", "eogon": "\u{119}", "Ecaron": "\u{11A}",
    "ecaron": "\u{11B}", "Gcirc": "\u{11C}", "gcirc": "\u{11D}", "Gbreve": "\u{11E}", "gbreve": "\u{11F}",
    "Gdot": "\u{120}", "gdot": "\u{121}", "Gcedil": "\u{122}", "Hcirc": "\u{124}", "hcirc": "\u{125}",
    "Hstrok": "\u{126}", "hstrok": "\u{127}", "Itilde": "\u{128}", "itilde": "\u{129}", "Imacr": "\u{12A}",
    "imacr": "\u{12B}", "Iogon": "\u{12E}", "iogon": "\u{12F}", "Idot": "\u{130}", "imath": "\u{131}",
    "inodot": "\u{131}", "IJlig": "\u{132}", "ijlig": "\u{133}", "Jcirc": "\u{134}", "jcirc": "\u{135}",
    "Kcedil": "\u{136}", "kcedil": "\u{137}", "kgreen": "\u{138}", "Lacute": "\u{139}", "lacute": "\u{13A}",
    "Lcedil": "\u{13B}", "lcedil": "\u{13C}", "Lcaron": "\u{13D}", "lcaron": "\u{13E}", "Lmidot": "\u{13F}",
    "lmidot": "\u{140}", "Lstrok": "\u{141}", "lstrok": "\u{142}", "Nacute": "\u{143}", "nacute": "\u{144}",
    "Ncedil": "\u{145}", "ncedil": "\u{146}", "Ncaron": "\u{147}", "ncaron": "\u{148}", "napos": "\u{149}",
    "ENG": "\u{14A}", "eng": "\u{14B}", "Omacr": "\u{14C}", "omacr": "\u{14D}", "Odblac": "\u{150}",
    "odblac": "\u{151}", "Racute": "\u{154}", "racute": "\u{155}", "Rcedil": "\u{156}", "rcedil": "\u{157}",
    "Rcaron": "\u{158}", "rcaron": "\u{159}", "Sacute": "\u{15A}", "sacute": "\u{15B}", "Scirc": "\u{15C}",
    "scirc": "\u{15D}", "Scedil": "\u{15E}", "scedil": "\u{15F}", "Tcedil": "\u{162}", "tcedil": "\u{163}",
    "Tcaron": "\u{164}", "tcaron": "\u{165}", "Tstrok": "\u{166}", "tstrok": "\u{167}", "Utilde": "\u{168}",
    "utilde": "\u{169}", "Umacr": "\u{16A}", "umacr": "\u{16B}", "Ubreve": "\u{16C}", "ubreve": "\u{16D}",
    "Uring": "\u{16E}", "uring": "\u{16F}", "Udblac": "\u{170}", "udblac": "\u{171}", "Uogon": "\u{172}",
    "uogon": "\u{173}", "Wcirc": "\u{174}", "wcirc": "\u{175}", "Ycirc": "\u{176}", "ycirc": "\u{177}",
    "Zacute": "\u{179}", "zacute": "\u{17A}", "Zdot": "\u{17B}", "zdot": "\u{17C}", "Zcaron": "\u{17D}",
    "zcaron": "\u{17E}",
  ]

  static let cyrillic: [String: Unicode.Scalar] = [
    "IOcy": "\u{401}", "DJcy": "\u{402}", "GJcy": "\u{403}", "Jukcy": "\u{404}", "DScy": "\u{405}",
    "Iukcy": "\u{406}", "YIcy": "\u{407}", "Jsercy": "\u{408}", "LJcy": "\u{409}", "NJcy": "\u{40A}",
    "TSHcy": "\u{40B}", "KJcy": "\u{40C}", "Ubrcy": "\u{40E}", "DZcy": "\u{40F}", "Acy": "\u{410}", "Bcy": "\u{411}",
    "Vcy": "\u{412}", "Gcy": "\u{413}", "Dcy": "\u{414}", "IEcy": "\u{415}", "ZHcy": "\u{416}", "Zcy": "\u{417}",
    "Icy": "\u{418}", "Jcy": "\u{419}", "Kcy": "\u{41A}", "Lcy": "\u{41B}", "Mcy": "\u{41C}", "Ncy": "\u{41D}",
    "Ocy": "\u{41E}", "Pcy": "\u{41F}", "Rcy": "\u{420}", "Scy": "\u{421}", "Tcy": "\u{422}", "Ucy": "\u{423}",
    "Fcy": "\u{424}", "KHcy": "\u{425}", "TScy": "\u{426}", "CHcy": "\u{427}", "SHcy": "\u{428}", "SHCHcy": "\u{429}",
    "HARDcy": "\u{42A}", "Ycy": "\u{42B}", "SOFTcy": "\u{42C}", "Ecy": "\u{42D}", "YUcy": "\u{42E}",
    "YAcy": "\u{42F}", "acy": "\u{430}", "bcy": "\u{431}", "vcy": "\u{432}", "gcy": "\u{433}", "dcy": "\u{434}",
    "iecy": "\u{435}", "zhcy": "\u{436}", "zcy": "\u{437}", "icy": "\u{438}", "jcy": "\u{439}", "kcy": "\u{43A}",
    "lcy": "\u{43B}", "mcy": "\u{43C}", "ncy": "\u{43D}", "ocy": "\u{43E}", "pcy": "\u{43F}", "rcy": "\u{440}",
    "scy": "\u{441}", "tcy": "\u{442}", "ucy": "\u{443}", "fcy": "\u{444}", "khcy": "\u{445}", "tscy": "\u{446}",
    "chcy": "\u{447}", "shcy": "\u{448}", "shchcy": "\u{449}", "hardcy": "\u{44A}", "ycy": "\u{44B}",
    "softcy": "\u{44C}", "ecy": "\u{44D}", "yucy": "\u{44E}", "yacy": "\u{44F}", "iocy": "\u{451}", "djcy": "\u{452}",
    "gjcy": "\u{453}", "jukcy": "\u{454}", "dscy": "\u{455}", "iukcy": "\u{456}", "yicy": "\u{457}",
    "jsercy": "\u{458}", "ljcy": "\u{459}", "njcy": "\u{45A}", "tshcy": "\u{45B}", "kjcy": "\u{45C}",
    "ubrcy": "\u{45E}", "dzcy": "\u{45F}",
  ]
}
