"""Posts one letter: e-mail by smtplib with a plain twin, chats by apprise; an address is never part of an error."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 60
MAIL = ("mailto", "mailtos")


class Unsent(Exception):
    """It did not go out, for a reason that may pass by itself."""


class Refused(Exception):
    """It did not go out and will not: the address or the letter is wrong."""


@dataclass(frozen=True)
class Letter:
    """One summary in the forms that go out."""

    subject: str
    text: str
    html: str
    message: str
    period: str
    picture: bytes | None = None  # PNG, shown by the HTML as cid:active

    @staticmethod
    def read(report: Path, community: str, period: str, *, note: str = "") -> "Letter":
        """The letter and the chat message of a report; `note` stands above both."""
        from reports.mail import annotated
        from reports.mailpicture import NAME as PICTURE

        forms = ("summary.txt", "mail.html", "message.txt")
        text, html, message = ((report / name).read_text(encoding="utf-8") for name in forms)
        if note:
            text, message = f"[{note}]\n\n{text}", f"[{note}]\n{message}"
            html = annotated(html, note)
        drawn = report / PICTURE
        picture = png(drawn.read_text(encoding="utf-8")) if drawn.is_file() else None
        return Letter(" ".join(f"{community} · {period}".split()), text, html, message, period, picture)


def png(svg: str) -> bytes:
    """A drawing as a picture of twice its size, for screens that are that sharp; mail programs show no SVG."""
    import vl_convert  # carries its own fonts

    return bytes(vl_convert.svg_to_png(svg, scale=2))


def post(address: str, letter: Letter) -> None:
    """Send to one address: mailto(s)://user:password@host:port?to=a,b&from=c, or any that apprise knows."""
    parts = urlsplit(address)
    if parts.scheme in MAIL:
        _mail(parts, letter)
    else:
        _chat(address, letter)


def compose(parts: SplitResult, letter: Letter) -> EmailMessage:
    """Plain text first, HTML with its picture inside as its alternative; nothing is fetched."""
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    user = unquote(parts.username or "")
    sender = asked.get("from") or (user if "@" in user else f"{user or 'muster'}@{parts.hostname}")
    to = [one.strip() for one in asked.get("to", sender).split(",") if one.strip()]
    mail = EmailMessage()
    try:
        mail["Subject"], mail["From"], mail["To"] = letter.subject, sender, ", ".join(to)
    except ValueError:
        raise Refused("the mail address has a line break in it; mend it in .dlt/secrets.toml") from None
    mail["Message-ID"] = make_msgid(idstring=letter.period, domain=parts.hostname or "muster")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    html = mail.get_body(("html",))
    if letter.picture and html:
        html.add_related(letter.picture, "image", "png", cid="<active>", filename="active.png", disposition="inline")
    return mail


def _mail(parts: SplitResult, letter: Letter) -> None:
    mail = compose(parts, letter)
    mode = parse_qs(parts.query).get("mode", ["starttls" if parts.scheme == "mailtos" else "insecure"])[0]
    host, default = parts.hostname or "localhost", {"ssl": 465, "starttls": 587}.get(mode, 25)
    try:
        if mode == "ssl":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or default, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or default, timeout=TIMEOUT_SECONDS)
        with server:
            if mode == "starttls":
                server.starttls(context=ssl.create_default_context())
            if parts.username and parts.password:
                server.login(unquote(parts.username), unquote(parts.password))
            refused = server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        kind = Refused if error.smtp_code >= 500 else Unsent
        raise kind(f"the mail server answered {error.smtp_code}") from None
    except smtplib.SMTPRecipientsRefused:
        raise Refused("the mail server refused every recipient") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unsent(f"the mail server could not be reached ({type(error).__name__})") from None
    if refused:
        raise Refused(f"the mail server refused {len(refused)} of the recipients; the others have it")


def _chat(address: str, letter: Letter) -> None:
    import apprise

    # no picture of the library's own, which readers would fetch from its makers
    asset = apprise.AppriseAsset(app_id="Muster", app_desc="Muster", async_mode=False)
    asset.image_url_mask = asset.image_url_logo = ""
    target = apprise.Apprise(asset=asset)
    if not target.add(address):
        raise Refused(
            "the address is none that apprise knows; see its documentation for Slack, Teams, Discord, Telegram"
        )
    if not target.notify(body=letter.message, title=letter.subject, body_format=apprise.NotifyFormat.TEXT):
        raise Unsent("the channel did not take it")
