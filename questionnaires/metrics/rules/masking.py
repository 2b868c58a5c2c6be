"""Take what names a person out of free text before others read it: telephone, card and identity numbers, addresses of e-mail, names.

A filter errs on the side of hiding: a name without any sign of being one (no title, no "my name is") stays, which the docs say.
"""

import re

MASK = "•••"

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Seven digits or more, also in groups and full-width: telephone, account, card and identity numbers.
_NUMBER = re.compile(r"(?<![\d０-９])\+?[\d０-９](?:[ \-－·]?[\d０-９]){5,}[\d０-９xXｘＸ](?![\d０-９])")
_DATE = re.compile(r"(?:19|20)\d\d[- ]\d{1,2}[- ]\d{1,2}")

_SURNAME = (
    "(?:欧阳|上官|司马|诸葛|司徒|皇甫|尉迟|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范"
    "石姚谭廖邹熊陆郝孔崔康毛邱秦史顾侯邵孟龙段雷钱汤尹黎易常武乔贺赖龚樊施殷庞])"
)
_TITLE = "(?:先生|女士|小姐|经理|主任|行长|主管|柜员|老师|师傅|阿姨|大姐|大哥|叔叔|警官|律师)"
_ROLE = "(柜员|客户经理|大堂经理|理财经理|工作人员|业务员|保安|主任|行长|店员|客服)"
_GIVEN = "[\u4e00-\u9fff](?:(?![帮很的为给在态服热非太也就都说把让对是不没人一特真耐和与跟办])[\u4e00-\u9fff])?"
_NAMES = tuple(
    re.compile(sign)  # the first group stays: it says why what follows is a name
    for sign in (
        f"((?<![感多])){_SURNAME}(?:(?!{_SURNAME})[\u4e00-\u9fff]){{0,2}}?(?={_TITLE})",
        f"{_ROLE}{_SURNAME}{_GIVEN}",
        f"(我叫|名叫|叫做|姓名[是:：]?){_SURNAME}{_GIVEN}",
        f"(我是){_SURNAME}{_GIVEN}(?=[,，。.!！;；\\s]|$)",
        f"([小老]){_SURNAME}(?![序车金品区时])",
        r"(\b(?:Mr|Mrs|Ms|Miss|Dr|Madam)\.? )[A-Z][\w'-]+(?: [A-Z][\w'-]+)?",
        r"(\b[Mm]y name is |\b[Nn]amed )[A-Z][\w'-]+(?: [A-Z][\w'-]+)?",
    )
)


def masked(text: str) -> str:
    """The text with long numbers, e-mail addresses and names replaced; other words stay as they were said."""
    return _without_names(_NUMBER.sub(_hide_unless_date, _EMAIL.sub(MASK, text)))


def _without_names(text: str) -> str:
    for pattern in _NAMES:
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def _hide_unless_date(found: re.Match[str]) -> str:
    return found[0] if _DATE.fullmatch(found[0]) else MASK
