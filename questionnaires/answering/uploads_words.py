"""What is said where a file can't be taken: what happened, and what to do instead."""

from portal.foundation.i18n import _l

UPLOAD_MESSAGES = {
    "upload_empty": _l("This file is empty. Please choose another one."),
    "upload_too_large": _l("This file is too large: at most %(most)s can be sent."),
    "upload_kind_refused": _l("This kind of file can't be taken. Please send a photo (JPEG, PNG, WebP), a PDF, a document or a recording."),
    "upload_heic": _l("Photos of the kind HEIC can't be read here. Please set the camera to “most compatible” or send a JPEG."),
    "upload_too_many_pixels": _l("This picture is larger than can be handled. Please send a smaller one."),
    "upload_broken": _l("This file can't be read as a picture; perhaps it was cut off. Please send it again."),
    "upload_too_many": _l("Too many files were sent with this link. What was sent before is kept."),
}
