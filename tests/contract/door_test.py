"""The front door's configurations: the one for many machines is one that HAProxy takes, and says to applications what the one of one machine says."""
import os
import re
import subprocess
import tempfile
import unittest

from support.proto import PROJECT

FOLDER = PROJECT / "deploy/haproxy"
PRODUCTION, ONE_MACHINE = FOLDER / "haproxy-production.cfg", FOLDER / "haproxy.cfg.in"
ALIKE = ("url,length", "req.hdrs,length", "acl application", "application_path", "tune.http.maxhdr")


def rules(path):
    """What is refused before a service sees it, without the places of files."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if any(word in line for word in ALIKE)]
    return [re.sub(r'"?(?:\$\{JISR_ERRORS\}|@ERRORS_FOLDER@)(/[\w.-]+)"?', r"\1", line) for line in lines]


class Door(unittest.TestCase):
    def test_haproxy_takes_the_configuration_for_many_machines(self):
        with tempfile.TemporaryDirectory() as folder:
            pem = f"{folder}/door.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", pem, "-out", f"{folder}/crt", "-days", "1", "-subj", "/CN=door"],
                           check=True, capture_output=True)
            with open(pem, "a", encoding="ascii") as whole, open(f"{folder}/crt", encoding="ascii") as certificate:
                whole.write(certificate.read())
            os.remove(f"{folder}/crt")
            named = {"JISR_CERTIFICATES": folder, "JISR_RESOLVER": "127.0.0.1:53", "JISR_DOMAIN": "jisr.invalid", "JISR_ERRORS": str(FOLDER / "errors")}
            done = subprocess.run(["haproxy", "-c", "-f", str(PRODUCTION)], env=os.environ | named, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("WARNING", done.stdout + done.stderr)

    def test_both_refuse_the_same(self):
        self.assertEqual(rules(PRODUCTION), rules(ONE_MACHINE))
        self.assertGreater(len(rules(PRODUCTION)), 4)


if __name__ == "__main__":
    unittest.main()
