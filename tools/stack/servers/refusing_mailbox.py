"""The handler of the mail sink: keeps every mail as a file of a Maildir, and refuses the recipients that
the file `refuse` beside the Maildir names, one "<address> <SMTP code>" a line, read for every recipient."""
import pathlib

from aiosmtpd.handlers import Mailbox


class RefusingMailbox(Mailbox):
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        for refused, code in self.refused():
            if refused == address:
                return f"{code} refused on purpose"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    def refused(self):
        try:
            rules = pathlib.Path(self.mail_dir).with_name("refuse").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [line.split() for line in rules.splitlines()]
