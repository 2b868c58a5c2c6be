"""How channels are set up and how they do."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import keys_in, upsert_for
from scheduler.delivery.channel_models import ChannelSetting, ChannelState, SenderIdentity

BY_ACCOUNT = frozenset({"wechat", "wecom"})
"""Channels that are found by an account, at an address of their own."""
QUIET = {"synchronize_session": False}


def settings(session: Session) -> dict[str, ChannelSetting]:
    """What operators set, by channel. There are few."""
    return {row.channel: row for row in session.scalars(select(ChannelSetting))}


def complete() -> ColumnElement[bool]:
    """A channel is set up: it has an address, or for WeChat and WeCom an account and its secret."""
    by_account = or_(*(col(ChannelSetting.channel) == one for one in sorted(BY_ACCOUNT)))
    account = and_(by_account, col(ChannelSetting.account) != "", col(ChannelSetting.token_enc).is_not(None))
    return or_(account, and_(~by_account, col(ChannelSetting.url) != ""))


def put_setting(session: Session, channel: str, values: Mapping[str, Any]) -> None:
    """Write what was set of a channel."""
    table: Any = ChannelSetting.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    insert = upsert_for(session)(table).values(channel=channel, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["channel"], set_=dict(values)))


def states(session: Session, channels: Iterable[str] | None = None) -> dict[str, ChannelState]:
    """How channels do; with their names, held until the transaction ends."""
    query = select(ChannelState)
    if channels is not None:
        query = query.where(keys_in(col(ChannelState.channel), sorted(channels))).order_by(col(ChannelState.channel)).with_for_update()
    return {row.channel: row for row in session.scalars(query.execution_options(populate_existing=True))}


def make_states(session: Session, channels: Iterable[str]) -> None:
    """A row for each channel; those that have one keep it."""
    table: Any = ChannelState.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    rows = [{"channel": name, "strikes": 0, "tokens": 0.0} for name in sorted(channels)]
    if rows:
        session.execute(upsert_for(session)(table).on_conflict_do_nothing(index_elements=["channel"]), rows)


def use_tokens(session: Session, channel: str, left: float, now: datetime) -> None:
    """What a channel's rate still allows."""
    row = update(ChannelState).where(col(ChannelState.channel) == channel).values(tokens=left, tokens_at=now)
    session.execute(row.execution_options(**QUIET))


def put_strikes(session: Session, channel: str, strikes: int, open_until: datetime | None) -> None:
    """How often in a row a channel did not answer, and until when it rests."""
    row = update(ChannelState).where(col(ChannelState.channel) == channel).values(strikes=strikes, open_until=open_until)
    session.execute(row.execution_options(**QUIET))


def identities(session: Session) -> dict[tuple[str, str], SenderIdentity]:
    """Who signs, by channel and use."""
    return {(row.channel, row.use): row for row in session.scalars(select(SenderIdentity))}


def put_identity(session: Session, channel: str, use: str, values: Mapping[str, str]) -> None:
    """Who signs what goes out by a channel for one use."""
    found = session.scalars(
        select(SenderIdentity).where(col(SenderIdentity.channel) == channel, col(SenderIdentity.use) == use)
    ).one_or_none()
    row = found or SenderIdentity(channel=channel, use=use)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
