"""Which column of a list holds what: headers in English, Russian and Kazakh are recognised.

Promises: one field is taken from at most one column; a column that is not known is left alone.
"""

from collections.abc import Iterable, Mapping

_HEADERS = {
    "id": "id unique_id uid rec_id record_id no № номер код",
    "name": "name full_name fullname person фио ф_и_о имя_полностью аты_жөні аты-жөні тегі_аты_жөні",
    "name_ar": "name_ar arabic_name",
    "name_en": "name_en english_name",
    "given": "first_name given given_name firstname имя аты есімі",
    "family": "surname family family_name last_name lastname фамилия тегі",
    "patronymic": "patronymic middle middle_name отчество әкесінің_аты",
    "sex": "sex gender пол жынысы",
    "age": "age возраст жасы",
    "birth_date": "birth_date dob date_of_birth birthdate birth_year year_of_birth дата_рождения туған_күні"
    " год_рождения туған_жылы",
    "event_date": "event_date date date_of_death death_date дата дата_смерти дата_задержания күні",
    "place": "place city town suburb location место город қала орны",
    "region": "region state province oblast регион область облыс өңір",
    "birth_place": "birth_place place_of_birth birthplace место_рождения туған_жері",
    "residence": "residence place_of_residence home_address address street_address address_1 registered_at"
    " место_жительства прописка адрес тұрғылықты_жері мекенжайы",
    "postcode": "postcode postal_code zip zip_code почтовый_индекс пошта_индексі",
    "occupation": "occupation profession job профессия род_занятий мамандығы кәсібі",
    "ethnicity": "ethnicity ethnic_group race национальность ұлты",
    "status": "status статус мәртебесі",
    "number": "national_id iin иин жсн passport passport_number soc_sec_id id_number",
    "contact": "contact email e-mail phone телефон почта",
}
FIELDS = tuple(_HEADERS)
_FIELD_OF = {header: field for field, headers in _HEADERS.items() for header in headers.split()}


def recognise_columns(columns: Iterable[str]) -> Mapping[str, str]:
    """Return ``{column: field}`` for the columns that are known by their headers.

    >>> recognise_columns(["ID", "Full name", "DOB", "remarks"])
    {'ID': 'id', 'Full name': 'name', 'DOB': 'birth_date'}
    """
    found: dict[str, str] = {}
    for column in columns:
        header = "_".join(column.strip().casefold().replace(".", " ").split())
        field = _FIELD_OF.get(header) or _FIELD_OF.get(header.replace("-", "_"))
        if field and field not in found.values():
            found[column] = field
    return found
