"""Invented people in the spellings of many alphabets and newspapers."""

import pytest

from kuager.engines.names import compare_names

PEOPLE = {
    "Жақсылық Шыңғыс": [
        "Джаксылык Чингис", "Zhaksylyk Shyngys", "Jaqsylyq Shyńǵys", "Jaqsılıq Şıñğıs", "Jaqsylyq Şyñğys",
        "Dschaksylyk Schyngys", "Żaksyłyk Szyngys", "Jaqsylyq S'yn'g'ys", "جاقسىلىق شىڭعىس",
    ],
    "Әбдірахман Ғалымжан": [
        "Абдрахман Галымжан", "Ábdirahman Ǵalymjan", "A'bdirahman G'alymjan", "Abdrachman Galymschan",
        "ابدىراحمان عالىمجان",
    ],
    "Қожахмет Әйгерім": [
        "Kozhakhmet Aigerim", "Qojahmet Áıgerim", "Qojaxmet Äygerim", "Koschachmet Aigerim",
        "Kożachmet Ajgerim", "قوجاحمەت ايگەرىم",
    ],
    "Хайролла Айдос": ["Khairolla Aidos", "Chairolla Aidos", "Chajrolla Ajdos", "Haırolla Aıdos"],
    "Дәулет Әуез": ["Dáýlet Áýez", "Däwlet Äwez", "Da'y'let A'y'ez", "Daoulet Aouez", "داۋلەت اۋەز"],
    "Нұрланұлы Қайрат": ["Nurlanūly Qairat", "Nurlanovich Kairat", "Нурланов Кайрат"],
    "Ғулом Шуҳрат": ["G‘ulom Shuhrat", "G'ulom Shuxrat", "Гулям Шухрат", "Gulyam Shukhrat"],
    "Йўлчи Ўткир": ["Yo‘lchi O‘tkir", "Yoʻlchi Oʻtkir", "Юлчи Уткир"],
    "Раҷаб Ҷамшед": ["Rajab Jamshed", "Раджаб Джамшед", "Radschab Dschamsched"],
    "Əziz Çingiz": ["Азиз Чинҝиз", "Aziz Chingiz", "Äziz Tschingis"],
    "ئابدۇرېھىم مەمتىمىن": ["Abdurehim Memtimin", "Абдуреһим Мәмтимин"],
    "عبد الرحمن سليم": ["Abdulrahman Saleem", "Абд ар-Рахман Салим", "Abdurrahman Selim"],
    "خليل أبو أحمد": ["Khalil Abu Ahmed", "Халиль Абу Ахмад", "Khalil AbuAhmad"],
    "خديجة نور الدين": ["Khadija Nour al-Din", "Хадиджа Нур ад-Дин", "Khadija Nureddin"],
    "Щуковатов Юрий": [
        "Schtschukowatow Juri", "Szczukowatow Jurij", "Chtchoukovatov Iouri", "Ščukovatov Jurij",
    ],
    "Цоран Виктория": ["Tsoran Viktoria", "Zoran Viktoria", "Coran Wiktorija"],
    "Асхатбай Ержан": ["Ashatbai Yerzhan", "Askhatbay Erzhan"],
    "Нуров Давит": ["Нуров Давид", "ნუროვი დავით", "Νούροβ Δαβίτ"],
}  # fmt: skip

BROTHERS = [
    ("Нұров Марат", "Murat Nurov"),
    ("Нұров Серік", "Nūrov Berık"),
    ("Nurov Yerlan", "Нұров Нұрлан"),
    ("نۇروۆ ەرلان", "Нұров Нұрлан"),
    ("Нұров Асқар", "Nurov Asqat"),
    ("Нұров Болат Серікұлы", "Нұров Серік Болатұлы"),
    ("Нұров Болат", "Болатов Нұр"),
    ("Нұркұлов Ерлан", "Нұров Ерлан"),
    ("Hasan Nur al-Mosuli", "Hasan Nur al-Tikriti"),
    ("Hasan ben Ali Nur al-Mosuli Dana Serik", "Hasan ben Ali Nur al-Tikriti Dana Serik"),
]


@pytest.mark.parametrize(("name", "spelling"), [(name, other) for name in PEOPLE for other in PEOPLE[name]])
def test_a_person_is_known_in_every_spelling(name: str, spelling: str) -> None:
    assert compare_names(name, spelling).verdict == "same"


@pytest.mark.parametrize(("one", "other"), BROTHERS)
def test_brothers_fathers_and_sons_stay_apart(one: str, other: str) -> None:
    assert compare_names(one, other).verdict != "same"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("БолатНуров", "Нуров Болат"),
        ("Nur Sultan Serikov", "Nursultan Serikov"),
        ("B0lat Nur0v", "Bolat Nurov"),
    ],
)
def test_slips_of_the_keyboard_are_read_over(one: str, other: str) -> None:
    assert compare_names(one, other).verdict == "same"


def test_titles_are_no_names() -> None:
    assert compare_names("Dr. Bolat Nurov", "Нұров Болат").verdict == "same"


def test_an_initial_beside_two_whole_names_is_no_reason_for_doubt() -> None:
    assert compare_names("Dana K. Nurova", "Dana Kamila Nurova").verdict == "same"
    assert compare_names("А.Б. Нұров", "Нұров Асан Болатұлы").verdict == "unsure"
