"""What the pages of a closed link, of thanks and of a choice say: head and lines, in both languages by the catalogue."""

from flask_babel import LazyString

from portal.foundation.i18n import _l

States = dict[str, tuple[LazyString, tuple[LazyString, ...]]]

STATES: States = {
    "submitted": (_l("Thank you"), (_l("We have received your answers. You can close this page."),)),
    "full": (
        _l("Thank you for your time"),
        (_l("We have heard enough from customers in your situation for now, so we will not keep you any longer."),),
    ),
    "wished": (_l("Thank you, we have noted it"), (_l("We will get in touch with you. There is nothing more to do."),)),
    "called": (
        _l("We will call you"),
        (
            _l("A colleague will call you at the time you chose. What you had answered so far is kept."),
            _l("We never ask for passwords or codes, on the phone neither."),
        ),
    ),
    "declined": (
        _l("All right, not this time"),
        (_l("You will not be reminded of this survey. If anything is on your mind, our hotline listens."),),
    ),
    "opted_out": (
        _l("We will not ask you again"),
        (
            _l("From now on you get no more surveys from us, on any channel."),
            _l("Messages about your accounts are not affected. To change your mind, call our hotline."),
        ),
    ),
    "stop": (
        _l("Never be asked again?"),
        (
            _l("You will get no more invitations to surveys from us, on any channel."),
            _l("Messages about your accounts are not affected. You can take this back at any time through our hotline."),
        ),
    ),
    "expired": (
        _l("This survey has ended"),
        (_l("Thank you for coming. The link could be answered for a limited time, which is over. Our hotline still listens to you."),),
    ),
    "unknown": (
        _l("This link is not known"),
        (
            _l("Perhaps it was cut off when it was copied. Please open it again from the message."),
            _l("If you doubt that the message came from us, please ask our hotline and enter nothing anywhere."),
        ),
    ),
    "retired": (
        _l("This code is no longer in use"),
        (_l("Thank you for wanting to tell us something. Please ask our staff, or call our hotline."),),
    ),
    "resting": (
        _l("Not just now"),
        (_l("This survey is resting for the moment. Please ask our staff, or call our hotline: it always listens."),),
    ),
    "refused": (_l("This form can't be taken"), (_l("It did not come from our own page. Please open the link from the message again."),)),
    "too_large": (_l("That was too much text"), (_l("Please go back and shorten what you wrote; it is still in the form."),)),
    "too_many": (
        _l("One moment, please"),
        (_l("Too many requests came from here. Please wait a minute, then try again; nothing is lost."),),
    ),
}

PRIVACY: tuple[tuple[LazyString, LazyString], ...] = (
    (_l("What we ask for"), _l("Your view of our service. We never ask for passwords, codes, card numbers or identity numbers.")),
    (
        _l("What it is for"),
        _l("Your answers only serve to improve our service. If you were not satisfied, a colleague may call you about it."),
    ),
    (_l("Who sees it"), _l("Only staff who need it to improve the service or to put something right. We sell and pass on nothing.")),
    (_l("How long we keep it"), _l("For %(months)s months. After that, what could point to you is deleted; counts without names remain.")),
    (
        _l("Your choice"),
        _l("Answering is voluntary, and not answering has no disadvantage. You may withdraw your answers at any time through our hotline."),
    ),
)
