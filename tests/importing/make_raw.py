"""Writes the raw exports of `raw/`, laid out as systems write them, about invented people: `python tests/importing/make_raw.py`.

Fifteen people work over eight weeks from Monday 6 January 2025. In each week everybody does what `PLAN` says, on the day of
the week that their number gives; the dirt that a real export has is added and counted by hand in the tests.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

RAW = Path(__file__).parent / "raw"
PEOPLE, WEEKS = 15, 8
MONDAY = datetime(2025, 1, 6, 8)


def named(columns: str) -> list[str]:
    return columns.split(",")


def moments(hour: int = 0) -> Iterable[tuple[int, datetime]]:
    """Once a week for everybody: the person's number, from 1, and when."""
    for week in range(WEEKS):
        for person in range(1, PEOPLE + 1):
            yield person, MONDAY + timedelta(weeks=week, days=person % 5, hours=hour, minutes=person, seconds=week)


def write(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "utf-8", **how: object
) -> None:
    """A CSV file; cells that a row lacks are empty."""
    path = RAW / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file, lineterminator="\n", **how)  # type: ignore[arg-type]
        out.writerow(header)
        out.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)


def mail(person: int) -> str:
    return f"person{person:02}@example.org"


# Salesforce: EventLogFile of two generations, and users

START = named("EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,RUN_TIME,CPU_TIME,URI,SESSION_KEY,LOGIN_KEY")
END = named("TIMESTAMP_DERIVED,USER_ID_DERIVED,CLIENT_IP,URI_ID_DERIVED")
LOGIN_2020 = [
    *START,
    *named("REQUEST_STATUS,DB_TOTAL_TIME,BROWSER_TYPE,API_TYPE,API_VERSION,USER_NAME,TLS_PROTOCOL,CIPHER_SUITE"),
    *END,
    *named("LOGIN_STATUS,SOURCE_IP"),
]
LOGIN_2025 = [
    *START,
    *named(
        "USER_TYPE,REQUEST_STATUS,DB_TOTAL_TIME,LOGIN_TYPE,BROWSER_TYPE,API_TYPE,API_VERSION,USER_NAME,TLS_PROTOCOL"
    ),
    *named("CIPHER_SUITE,USE_API_TOKEN,HTTP_REFERER,LOGIN_URL,COUNTRY_CODE,AUTHENTICATION_METHOD_REFERENCE"),
    *named("LOGIN_SUB_TYPE,AUTHENTICATION_SERVICE_ID"),
    *END,
    *named("LOGIN_STATUS,SOURCE_IP,FORWARDED_FOR_IP"),
]
URI = [*START, *named("REQUEST_STATUS,DB_TOTAL_TIME,DB_BLOCKS,DB_CPU_TIME,REFERRER_URI"), *END]
SAVE = [
    "DML_TYPE",
    "EVENT_TYPE",
    "FIRST_ENTITY_ID",
    "KEY_PREFIX",
    "LOGIN_KEY",
    "NUM_ROWS",
    "ORGANIZATION_ID",
    "REQUEST_ID",
    "SAMPLE_FACTOR",
    "SESSION_KEY",
    "TIMESTAMP",
    "TIMESTAMP_DERIVED",
    "USER_ID",
]
LOGIN_AS = [*START, "DELEGATED_USER_NAME", "DELEGATED_USER_ID", *END, "DELEGATED_USER_ID_DERIVED"]
API = [
    *START,
    *named("REQUEST_STATUS,DB_TOTAL_TIME,API_TYPE,API_VERSION,CLIENT_NAME,METHOD_NAME,ENTITY_NAME"),
    *END,
]


def salesforce_id(person: int) -> str:
    return f"0055e00000Ab{person:02}Q"


def event(header: Sequence[str], kind: str, person: int, when: datetime, **cells: str) -> list[str]:
    known = {
        "EVENT_TYPE": kind,
        "TIMESTAMP": f"{when:%Y%m%d%H%M%S}.000",
        "REQUEST_ID": f"R{kind[0]}{person:02}{when:%m%d%H%M%S}",
        "ORGANIZATION_ID": "00D5e000000abcd",
        "USER_ID": salesforce_id(person),
        "TIMESTAMP_DERIVED": f"{when:%Y-%m-%dT%H:%M:%S}.000Z",
        "USER_ID_DERIVED": salesforce_id(person) + "AAU",
        **cells,
    }
    return [known.get(column, "") for column in header]


def salesforce() -> None:
    quoted = {"quoting": csv.QUOTE_ALL}
    browser = {"BROWSER_TYPE": "Chrome 131", "API_TYPE": "f", "LOGIN_STATUS": "LOGIN_NO_ERROR"}
    logins = list(moments())
    old = [event(LOGIN_2020, "Login", who, when, **browser) for who, when in logins if when.month == 1]
    new = [
        event(LOGIN_2025, "Login", who, when, USER_TYPE="Standard", **browser)
        for who, when in logins
        if when.month == 2
    ]
    robot = {"LOGIN_STATUS": "LOGIN_NO_ERROR", "LOGIN_SUB_TYPE": "oauthpassword", "USER_TYPE": "Standard"}
    new += [event(LOGIN_2025, "Login", 1, datetime(2025, 2, 3, 3, n), **robot) for n in range(6)]
    new += [event(LOGIN_2025, "Login", 1, datetime(2025, 2, 3, 4), **{**robot, "BROWSER_TYPE": "JAX-WS RI 2.2"})]
    new += [
        event(
            LOGIN_2025,
            "Login",
            2,
            datetime(2025, 2, 4, 7),
            **{**browser, "LOGIN_STATUS": "LOGIN_ERROR_INVALID_PASSWORD"},
        )
    ]
    write("salesforce/EventLogFile/2025-01_Login.csv", LOGIN_2020, [*old, LOGIN_2020], **quoted)
    write("salesforce/EventLogFile/2025-02_Login.csv", LOGIN_2025, [*new, *new[:2]], **quoted)
    pages = [event(URI, "URI", who, when, URI="/006/o") for who, when in moments(1)]
    write("salesforce/EventLogFile/URI.csv", URI, pages, **quoted)
    kinds = ("Insert", "Update", "Update")
    saves = [event(SAVE, "DatabaseSave", who, when, DML_TYPE=kinds[who % 3]) for who, when in moments(2)]
    write("salesforce/EventLogFile/DatabaseSave.csv", SAVE, saves, **quoted)
    write(
        "salesforce/EventLogFile/LoginAs.csv",
        LOGIN_AS,
        [event(LOGIN_AS, "LoginAs", 3, datetime(2025, 1, 8, 9))],
        **quoted,
    )
    calls = [event(API, "API", 15, datetime(2025, 1, 9, 2, n), CLIENT_NAME="SfdcInternalAPI/") for n in range(5)]
    write("salesforce/EventLogFile/API.csv", API, calls, **quoted)
    header = "Id,Username,Email,IsActive,LastLoginDate,CreatedDate,ManagerId,ProfileId,UserType,Department,Title,TimeZoneSidKey"
    people = [
        [
            salesforce_id(n) + "AAU",
            mail(n),
            mail(n),
            "true" if n < 15 else "false",
            "2025-02-28T10:00:00.000Z",
            "2025-01-02T09:00:00.000Z",
            salesforce_id(1) + "AAU" if n > 1 else "",
            "00e5e000000wxyz",
            "Standard",
            "Sales" if n <= 8 else "Service",
            "Adviser",
            "Europe/Berlin",
        ]
        for n in range(1, PEOPLE + 1)
    ]
    machine = [
        salesforce_id(90) + "AAU",
        "autoproc@00d",
        "",
        "true",
        "",
        "2025-01-02T00:00:00.000Z",
        "",
        "",
        "AutomatedProcess",
    ]
    guest = [
        salesforce_id(91) + "AAU",
        "portal@00d",
        "",
        "true",
        "",
        "2021-01-01T00:00:00.000Z",
        "",
        "",
        "CspLitePortal",
    ]
    write("salesforce/User.csv", header.split(","), [*people, machine, guest], **quoted)


def salesforce_logins() -> None:
    header = named("Id,UserId,LoginTime,LoginType,Status,ApiType,Application,Browser,Platform,SourceIp")
    rows = [
        [
            f"0Ya{n:012}",
            salesforce_id(who) + "AAU",
            f"{when:%Y-%m-%dT%H:%M:%S}.000+0000",
            "Application",
            "Success",
            "N/A",
            "Browser",
        ]
        for n, (who, when) in enumerate(moments())
        if when.month == 1
    ]
    rows.append(
        [
            f"0Ya{900:012}",
            salesforce_id(1) + "AAU",
            "2025-01-07T08:00:00.000+0000",
            "Application",
            "Invalid Password",
            "N/A",
        ]
    )
    rows.append(
        [
            f"0Ya{901:012}",
            salesforce_id(2) + "AAU",
            "2025-01-07T03:00:00.000+0000",
            "Other Apex API",
            "Success",
            "SOAP Partner",
        ]
    )
    write("salesforce_logins/LoginHistory.csv", header, rows)
    changes = named("Id,OpportunityId,Field,DataType,OldValue,NewValue,CreatedById,CreatedDate")
    fields = [
        [
            f"017{who:02}{n}",
            f"006{who:02}",
            field,
            "Text",
            "",
            "x",
            salesforce_id(who) + "AAU",
            "2025-01-15T10:00:00.000+0000",
        ]
        for who in range(1, 7)
        for n, field in enumerate(("created", "Stage", "Amount"))
    ]
    write("salesforce_logins/OpportunityFieldHistory.csv", changes, fields)


# Microsoft: Purview and the audit table


def purview() -> None:
    header = named(
        "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames"
    )
    rows = []
    for hour, (operation, entity) in enumerate(
        (("Create", "contact"), ("Update", "opportunity"), ("Retrieve", "account"))
    ):
        for who, when in moments(hour):
            data = {
                "Operation": operation,
                "EntityName": entity,
                "EntityId": f"e{who}",
                "CorrelationId": f"c{len(rows)}",
            }
            rows.append(
                [
                    f"r{len(rows):04}",
                    f"{when:%Y-%m-%dT%H:%M:%S}.0000000Z ",
                    "21",
                    operation,
                    mail(who),
                    json.dumps(data),
                ]
            )
    # Qualifying a lead is one click and three rows.
    for n, (operation, entity) in enumerate((("Create", "contact"), ("Create", "opportunity"), ("Update", "lead"))):
        data = {"Operation": operation, "EntityName": entity, "EntityId": f"q{n}", "CorrelationId": "click"}
        rows.append([f"q{n}", "2025-01-21T12:00:00.0000000Z ", "21", operation, mail(4), json.dumps(data)])
    rows += [[f"s{n}", "2025-01-22T09:00:00.0000000Z ", "6", "FileAccessed", mail(5), "{}"] for n in range(4)]
    rows += [[f"a{n}", "2025-01-23T09:00:00.0000000Z ", "21", "Update", "app-1f2e", "{}"] for n in range(3)]
    write("purview/audit.csv", header, [*rows, rows[0]])
    attendance = [[mail(n), "CRM basics", f"{13 + n}.01.2025", "1,5", "ja" if n != 4 else "nein"] for n in range(1, 7)]
    write(
        "purview/Teilnahme.csv",
        ["E-Mail", "Kurs", "Datum", "Stunden", "Teilgenommen"],
        attendance,
        "cp1252",
        delimiter=";",
    )


def dataverse() -> None:
    header = "auditid,createdon,_userid_value,_callinguserid_value,objecttypecode,_objectid_value,operation,action,transactionid"
    rows = [
        [
            f"d{n}",
            f"{1 + n % 2}/{13 + n}/2025 {3 + n}:19 PM",
            f"guid-{1 + n % 6}",
            "",
            "contact",
            f"o{n}",
            1 + n % 4,
            1 + n % 4,
            f"t{n}",
        ]
        for n in range(8)
    ]
    rows += [["d8", "1/20/2025 9:00 AM", f"guid-{n}", "", "systemuser", "", 4, 64, f"l{n}"] for n in range(1, 7)]
    for n, row in enumerate(rows[8:]):
        row[0] = f"login{n}"
    rows.append(["ws", "1/20/2025 9:30 AM", "guid-1", "", "systemuser", "", 4, 65, "ws"])
    rows.append(["as", "1/21/2025 9:30 AM", "guid-2", "guid-9", "contact", "o1", 2, 2, "as"])
    write("dataverse/audits.csv", header.split(","), rows)


# HubSpot


def hubspot() -> None:
    header = named("id,category,subCategory,action,targetObjectId,occurredAt,actingUser.userId,actingUser.userEmail")
    kinds = ("CREATE", "UPDATE", "VIEW")
    rows = [
        [n, "CRM_OBJECT", "CONTACT", kinds[n % 3], f"o{n}", f"{when:%Y-%m-%dT%H:%M:%S}.000Z", 100 + who, mail(who)]
        for n, (who, when) in enumerate([*moments(1), *moments(3)])
    ]
    rows += [
        [900 + n, "LOGIN", "LOGIN", "LOGIN", "", "2025-01-07T08:00:00.000Z", 101 + n, mail(1 + n)] for n in range(2)
    ]
    write("hubspot/audit.csv", header, rows)
    header = named("id,userId,email,loginAt,ipAddress,userAgent,countryCode,regionCode,loginSucceeded")
    rows = [
        [n, 100 + who, mail(who), f"{when:%Y-%m-%dT%H:%M:%S}.000Z", "", "Chrome", "de", "", "true"]
        for n, (who, when) in enumerate(moments())
    ]
    rows.append([900, 101, mail(1), "2025-01-08T07:00:00.000Z", "", "Chrome", "de", "", "false"])
    write("hubspot/logins.csv", header, rows)


# SuiteCRM and EspoCRM


def suitecrm() -> None:
    header = named(
        "id,monitor_id,user_id,module_name,item_id,item_summary,date_modified,action,session_id,visible,deleted"
    )
    kinds = ("detailview", "save", "editview", "login")
    rows = [
        [
            n + 1,
            f"m{n}",
            f"u{1 + n % 6}",
            ("Leads", "Contacts")[n % 2],
            f"i{n}",
            "",
            f"2025-01-{6 + n % 20:02} 09:{n:02}:00",
            kinds[n // 6],
            "s",
            1,
            0,
        ]
        for n in range(24)
    ]
    rows.append([25, "m24", "u1", "Leads", "i24", "", "2025-01-08 09:30:00", "save", "s", 1, 1])
    write("suitecrm/tracker.csv", header, rows)
    header = (
        "id,parent_id,date_created,created_by,field_name,data_type,before_value_string,after_value_string,"
        "before_value_text,after_value_text"
    )
    changes = [[f"a{n}", "p1", f"2025-01-14 10:0{n // 2}:00", "u2", "phone", "varchar", "", "x"] for n in range(6)]
    write("suitecrm/leads_audit.csv", header.split(","), changes)
    header = "id,user_name,first_name,last_name,status,employee_status,reports_to_id,is_group,date_entered,department,title,deleted"
    people = [
        [
            f"u{n}",
            f"login{n}",
            "",
            "",
            "Active",
            "Active",
            "u1" if n > 1 else "",
            0,
            "2024-12-01 08:00:00",
            "Sales",
            "",
            0,
        ]
        for n in range(1, 7)
    ]
    people += [["g1", "group", "", "", "Active", "", "", 1, "2024-12-01 08:00:00", "", "", 0]]
    write("suitecrm/users.csv", header.split(","), people)


def espocrm() -> None:
    header = named("id,number,target_type,target_id,data,action,created_at,user_id,ip_address,auth_token_id")
    kinds = ("read", "update", "create", "delete")
    rows = [
        [
            f"h{n}",
            n,
            "Account",
            f"t{n}",
            "",
            kinds[n // 6],
            f"2025-01-{6 + n % 20:02} 09:{n:02}:00",
            f"e{1 + n % 6}",
            "",
            "",
        ]
        for n in range(24)
    ]
    write("espocrm/action_history_record.csv", header, rows, delimiter=";")
    header = named("id,username,user_id,is_denied,denial_reason,request_time,created_at")
    logins = [[f"l{n}", "", f"e{n}", 0, "", 1736150400 + n, f"2025-01-06 08:00:{n:02}"] for n in range(1, 7)]
    logins += [
        ["l7", "", "e1", 1, "CREDENTIALS", 1736150500, "2025-01-06 08:01:40"],
        ["l8", "x", "", 1, "NO_USER", 1736150501, "2025-01-06 08:01:41"],
    ]
    write("espocrm/auth_log_record.csv", header, logins)
    header = named("id,user_name,type,is_active,created_at,title,default_team_id")
    people = [[f"e{n}", f"login{n}", "regular", 1, "2024-12-01 08:00:00", "", "t1"] for n in range(1, 7)]
    people += [
        ["bot", "api", "api", 1, "2024-12-01 08:00:00", "", ""],
        ["cust", "c", "portal", 1, "2024-12-01 08:00:00", "", ""],
    ]
    write("espocrm/user.csv", header, people)


# Moodle


def moodle() -> None:
    header = [
        "Time",
        "User full name",
        "Affected user",
        "Event context",
        "Component",
        "Event name",
        "Description",
        "Origin",
        "IP address",
    ]
    kinds = (
        ("Course viewed", "viewed the course"),
        ("Course module viewed", "viewed the activity"),
        ("A submission has been submitted", "submitted"),
    )
    rows = [
        [
            f"{when:%d/%m/%y, %H:%M}",
            "-",
            "-",
            "Course: Café CRM",
            "System",
            name,
            f"The user with id '{who}' has {did}.",
            "web",
            "",
        ]
        for hour, (name, did) in enumerate(kinds)
        for who, when in moments(hour)
    ]
    rows += [
        [
            "07/01/25, 07:00",
            "-",
            "-",
            "System",
            "System",
            "User has logged in",
            f"The user with id '{n}' has logged in.",
            "web",
            "",
        ]
        for n in range(1, 7)
    ]
    rows += [
        ["08/01/25, 02:00", "-", "-", "System", "System", "Course backup created", "A backup was made.", "cli", ""]
    ]
    write("moodle/logs_crm.csv", header, [*reversed(rows), rows[0]], "cp1252")


def moodle_table() -> None:
    header = named(
        "id,eventname,component,action,target,objecttable,objectid,crud,edulevel,contextid,contextlevel,contextinstanceid,"
        "userid,courseid,relateduserid,anonymous,other,timecreated,origin,ip,realuserid"
    )

    def row(n: int, action: str, crud: str, user: int, when: int, origin: str = "web", real: str = "") -> list[object]:
        event = f"\\core\\event\\course_{action}"
        return [
            n,
            event,
            "core",
            action,
            "course",
            "course",
            5,
            crud,
            2,
            1,
            50,
            5,
            user,
            5,
            "",
            0,
            "N;",
            when,
            origin,
            "",
            real,
        ]

    kinds = (("viewed", "r"), ("created", "c"), ("updated", "u"), ("loggedin", "r"))
    rows = [row(n, *kinds[n // 6], 1 + n % 6, 1736150400 + 86_400 * n) for n in range(24)]  # from 2025-01-06 08:00 UTC
    rows += [
        row(24, "viewed", "r", 0, 1736150400),
        row(25, "created", "c", 2, 1736150400, "cli"),
        row(26, "viewed", "r", 2, 1736150400, real="9"),
    ]
    write("moodle_table/mdl_logstore_standard_log.csv", header, rows)


# Surveys


def surveys() -> None:
    about = named(
        "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,RecipientLastName,"
        "RecipientFirstName,RecipientEmail,ExternalReference,LocationLatitude,LocationLongitude,DistributionChannel,UserLanguage"
    )
    questions = ["Q1_1", "Q1_2", "Q2", "Q3"]
    texts = [
        "Startdatum",
        *about[1:],
        "Das CRM hilft mir",
        "Das CRM ist\nleicht",
        "Empfehlung (0 bis 10)",
        "Was fehlt?",
    ]
    ids = [json.dumps({"ImportId": name}) for name in [*about, *questions]]
    words = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
    rows = []
    for n in range(6):
        when = f"2025-02-{10 + n} 09:00:00"
        answers = [
            words[n % 5],
            words[(n + 1) % 5] if n else "",
            n + 4,
            "The search is slow and finds too much." if n < 2 else "",
        ]
        rows.append(
            [
                when,
                when,
                0,
                "",
                100,
                60,
                1,
                when,
                f"R_{n}",
                "",
                "",
                "",
                f"u{n}" if n < 4 else "",
                "",
                "",
                "anonymous",
                "DE",
                *answers,
            ]
        )
    rows.append(
        [
            "2025-02-09 09:00:00",
            "",
            1,
            "",
            100,
            5,
            1,
            "2025-02-09 09:00:00",
            "R_9",
            *[""] * 8,
            "Agree",
            "Agree",
            9,
            "A preview of the survey.",
        ]
    )
    write("qualtrics/CRM survey.csv", [*about, *questions], [texts, ids, *rows])
    about = named(
        "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1"
    )
    header = [*about, "How easy is the CRM?", "How satisfied are you with", "", "Anything else?"]
    below = [*[""] * 9, "Response", "search", "reports", "Open-Ended Response"]
    easy, happy = ("Easy", "Very easy", "Difficult"), ("Satisfied", "Very satisfied", "Dissatisfied")
    rows = [
        [
            100 + n,
            7,
            f"02/1{n + 3}/2025 09:00:00 AM",
            f"02/1{n + 3}/2025 09:05:00 AM",
            "",
            mail(n + 1),
            "",
            "",
            "",
            easy[n % 3],
            happy[n % 3],
            happy[(n + 1) % 3] if n else "",
            "More training for new colleagues, please." if n == 2 else "",
        ]
        for n in range(5)
    ]
    write("surveymonkey/answers.csv", header, [below, *rows])
    header = [
        "ID",
        "Start time",
        "Completion time",
        "Email",
        "Name",
        "The CRM is useful to me",
        "What would help you most?",
    ]
    rows = [
        [
            n + 1,
            f"2/{13 + n}/2025 11:02",
            f"2/{13 + n}/2025 11:05",
            mail(n + 1) if n else "anonymous",
            "",
            words[n],
            "A course for my role, in small groups." if n % 2 else "",
        ]
        for n in range(5)
    ]
    write("microsoft_forms/responses.csv", header, rows, "utf-8-sig")
    header = [
        "Timestamp",
        "Email Address",
        "How easy is it? [Search]",
        "How easy is it? [Reports]",
        "What would help most?",
    ]
    rows = [
        [
            f"2025/02/{13 + n} {9 + n}:05:00 {'AM' if n < 3 else 'PM'} GMT+1",
            mail(n + 1),
            easy[n % 3],
            easy[(n + 1) % 3] if n else "",
            "A short film for each of the screens." if n == 3 else "",
        ]
        for n in range(4)
    ]
    write("google_forms/responses.csv", header, rows)


# Attendance of meetings


def teams() -> None:
    """Two sessions of one course; the first of four people gives them, and the fourth comes from outside."""
    header = named("Name,First Join,Last Leave,In-Meeting Duration,Email,Participant ID (UPN),Role")
    joined = named("Name,Join Time,Leave Time,Duration,Email,Role")
    for session, day in ((1, 13), (2, 20)):
        rows = [
            [
                f"Person {n}",
                f"1/{day}/25, 9:0{n}:00 AM",
                f"1/{day}/25, 10:0{n}:30 AM",
                f"1h 0m {n}s" if n < 3 else "45m",
                mail(n) if n < 4 else "",
                mail(n) if n < 4 else "",
                "Organizer" if n == 1 else "Attendee",
            ]
            for n in range(1, 5)
        ]
        lines = [
            ["1. Summary"],
            ["Meeting title", "CRM basics"],
            ["Attended participants", "4"],
            ["Start time", f"1/{day}/25, 8:58:01 AM"],
            [],
            ["2. Participants"],
            header,
            *rows,
            [],
            ["3. In-Meeting Activities"],
            joined,
            *([*row[:5], row[6]] for row in rows for _ in range(2)),
        ]
        path = RAW / f"teams/meeting {session}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join("\t".join(line) + "\r\n" for line in lines), encoding="utf-16", newline="")


# Tickets


def servicenow() -> None:
    header = named(
        "number,incident_state,sys_mod_count,caller_id,opened_at,sys_updated_on,category,assignment_group,resolved_at,closed_at"
    )
    rows = []
    for n in range(1, 7):
        opened = f"{12 + n}/1/2025 09:{n:02}"
        for update in range(n):
            last = update == n - 1
            rows.append(
                [
                    f"INC{n:07}",
                    "Closed" if last else "New",
                    update,
                    f"u{n}",
                    opened,
                    f"{12 + n}/1/2025 1{update}:00",
                    "CRM",
                    "Desk",
                    f"{13 + n}/1/2025 10:00" if last and n != 3 else "?",
                    f"{14 + n}/1/2025 10:00" if last else "?",
                ]
            )
    write("servicenow/incidents.csv", header, rows)


if __name__ == "__main__":
    for made in (
        salesforce,
        salesforce_logins,
        purview,
        dataverse,
        hubspot,
        suitecrm,
        espocrm,
        moodle,
        moodle_table,
        surveys,
        teams,
        servicenow,
    ):
        made()
