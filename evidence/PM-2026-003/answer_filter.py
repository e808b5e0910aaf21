"""The filter of the route policy-answers: a policy sentence leaves only with a passage from a published page.

Run: python evidence/PM-2026-003/answer_filter.py   (plays the published reply and an honest one)
"""

import re
import sys

# What the retrieval step may return; the real index is built from the pages in source-owners.toml.
PAGES = {
    "/account/devices": "You can use your subscription on every machine that you work on.",
    "/travel/bereavement": "A reduced fare is requested before the journey.",
}
POLICY_WORDS = re.compile(r"\b(policy|limit(ed)?|only one|per subscription|within \d+ days|refund(ed)?)\b", re.IGNORECASE)


def unsupported(answer: str, passages: dict[str, str]) -> list[str]:
    """The policy sentences of `answer` that quote none of the retrieved passages."""
    sentences = re.split(r"(?<=[.!?])\s+", answer)
    allowed = [text for page, text in passages.items() if PAGES.get(page) == text]
    return [s for s in sentences if POLICY_WORDS.search(s) and not any(text in s for text in allowed)]


def main() -> int:
    published = "This is expected. One device per subscription is our policy, for security."
    honest = "The page says: You can use your subscription on every machine that you work on. I pass this on to a colleague."
    rejected = unsupported(published, {})
    kept = unsupported(honest, {"/account/devices": PAGES["/account/devices"]})
    print("published reply:", "rejected" if rejected else "SENT", rejected)
    print("honest reply:", "REJECTED" if kept else "sent")
    return 0 if rejected and not kept else 1


if __name__ == "__main__":
    sys.exit(main())
