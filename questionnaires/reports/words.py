"""The words of reports in both languages: a report is made by a job, for readers who may speak another language than its page."""

WORDS: dict[str, tuple[str, str]] = {
    "title": ("客户体验报告", "Customer experience report"),
    "period": ("报告期", "Period"),
    "day": ("日期", "Day"),
    "figures": ("关键指标", "Key figures"),
    "nps": ("净推荐值(NPS)", "Net Promoter Score (NPS)"),
    "csat": ("客户满意度(CSAT)", "Customer satisfaction (CSAT)"),
    "ces": ("轻松程度(CES)", "Ease (CES)"),
    "indicator": ("指标", "Indicator"),
    "value": ("数值", "Value"),
    "range": ("误差范围(95%)", "Margin of error (95 %)"),
    "n": ("样本量", "n"),
    "change": ("环比", "Against last period"),
    "better": ("有把握地上升", "better, beyond chance"),
    "worse": ("有把握地下降", "worse, beyond chance"),
    "not_distinguishable": ("变化在误差范围内", "no difference beyond chance"),
    "unknown": ("无从比较", "nothing to compare with"),
    "hidden": ("不足 10 份，不显示", "fewer than 10, not shown"),
    "none": ("暂无答卷", "no answers"),
    "few": ("样本不足", "too few answers"),
    "rate": ("回收率", "Response rate"),
    "units": ("下辖机构", "Units below"),
    "unit": ("机构", "Unit"),
    "code": ("机构号", "Code"),
    "topics": ("客户谈论的主题", "What customers talk about"),
    "topic": ("主题", "Topic"),
    "texts": ("提及次数", "Texts"),
    "bad": ("表达不满的占比", "Sound dissatisfied"),
    "words": ("客户原声", "Verbatims"),
    "notes": ("期内大事", "What happened"),
    "alarms": ("指标预警", "Metric alarms"),
    "alarm_drop": (
        "{unit}：{indicator}由 {before} 降至 {value}，超出误差范围",
        "{unit}: {indicator} fell from {before} to {value}, beyond chance",
    ),
    "alarm_rate": ("{unit}：回收率由 {before}% 降至 {value}%", "{unit}: response rate fell from {before} % to {value} %"),
    "alarm_flood": ("{unit}：单日答卷 {value} 份，平日约 {before} 份", "{unit}: {value} answers on one day, usually about {before}"),
    "foot": (
        "数值均为受邀客户的作答，附样本量与误差范围；不足 10 份的不显示，不足 30 份的仅供参考。",
        "Answers of invited customers, with n and margin of error; fewer than 10 are not shown, fewer than 30 are only a hint.",
    ),
    "made": ("生成时间", "Made"),
    "mail_subject": ("{bank}客户体验报告：{unit}，{period}", "{bank}: customer experience report, {unit}, {period}"),
    "mail_text": (
        "您好：\n\n附件为{unit} {period} 的客户体验报告(PDF 与 Excel)。\n\n如需调整或停发，请在系统的“报告”页修改发送计划。",
        "Attached is the customer experience report of {unit}, {period} (PDF and Excel).\n\n"
        "To change or end it, see the page Reports in the portal.",
    ),
}


def say(key: str, language: str, **facts: object) -> str:
    """The words of a key."""
    zh, en = WORDS[key]
    return (zh if language == "zh" else en).format(**facts)
