"""A small OpenID provider that means it: discovery, keys, a page to sign in, authorization code with PKCE, and tokens (EdDSA) as an organisation would give staff."""
import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
import urllib.parse

import nacl.signing

CLIENT = "jisr-pages"
KEY_ID = "test-issuer-1"
PAGE = '<!doctype html><title>issuer</title><form method="post"><button id="allow">Sign in</button></form>'


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Runs in threads of its own between start() and stop(). `role`: of whoever signs in; `spoil`: what a false provider would do."""

    def __init__(self, redirect_uri, role="agent", territories=("MA-03",)):
        self.redirect_uri, self.role, self.territories = redirect_uri, role, list(territories)
        self.key = nacl.signing.SigningKey.generate()
        self.codes, self.refused, self.spoil = {}, [], None
        handler = type("Handler", (Handler,), {"issuer": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def jwk(self):
        return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KEY_ID, "x": base64url(bytes(self.key.verify_key))}

    def token(self, **claims):
        now = int(time.time())
        body = {"iss": self.url, "sub": "f.alaoui", "role": self.role, "territories": self.territories, "iat": now, "exp": now + 900} | claims
        signed = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "EdDSA", "kid": KEY_ID, "typ": "JWT"}, body))
        return f"{signed}.{base64url(self.key.sign(signed.encode()).signature)}"

    def discovery(self):
        return {"issuer": self.url if self.spoil != "issuer" else "http://127.0.0.1:9", "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks", "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"]}

    def allow(self, asked):
        """Where the browser goes after the sign-in page."""
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") != self.redirect_uri or asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return None
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked["code_challenge"]
        state = asked["state"] if self.spoil != "state" else "another"
        return f"{self.redirect_uri}?{urllib.parse.urlencode({'code': code, 'state': state, 'iss': self.url})}"

    def redeem(self, form):
        challenge = self.codes.pop(form.get("code", ""), None)  # once only
        proof = base64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if challenge is None or challenge != proof or form.get("client_id") != CLIENT or form.get("redirect_uri") != self.redirect_uri:
            self.refused.append(form)
            return None
        return {"access_token": self.token(), "token_type": "Bearer", "expires_in": 900}


class Handler(http.server.BaseHTTPRequestHandler):
    issuer = None

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json", **fields):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(data)), "access-control-allow-origin": "*", **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def form(self):
        return dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers.get("content-length") or 0)).decode()))

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        pages = {"/.well-known/openid-configuration": self.issuer.discovery, "/jwks": lambda: {"keys": [self.issuer.jwk()]}}
        if path == "/authorize":
            return self.answer(200, PAGE, "text/html")
        return self.answer(200, pages[path]()) if path in pages else self.answer(404, {})

    def do_POST(self):
        parts = urllib.parse.urlsplit(self.path)
        if parts.path == "/token":
            given = self.issuer.redeem(self.form())
            return self.answer(200, given) if given else self.answer(400, {"error": "invalid_grant"})
        self.form()
        place = self.issuer.allow(dict(urllib.parse.parse_qsl(parts.query)))
        return self.answer(303, {}, location=place) if place else self.answer(400, {"error": "invalid_request"})
