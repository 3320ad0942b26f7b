"""The network as a page meets it: its answers come late, in another order, or not at all."""

# Every answer is late.
LATE = "const send = window.fetch; window.fetch = async (...sent) => { const answer = await send(...sent); await new Promise((go) => setTimeout(go, 1200)); return answer; }"
# What answers requests of the method in arguments[0] to paths with arguments[1] in them is lost, after the service has made the change, arguments[2] times.
LOST = """const send = window.fetch, [method, part, times] = arguments; let tries = window.tries = 0;
window.fetch = async (path, options = {}) => {
    const answer = await send(path, options);
    if ((options.method ?? 'GET') !== method || !String(path).includes(part) || (window.tries = ++tries) > times) return answer;
    throw new TypeError('lost'); }"""
# The next answer to such a request waits until the test lets it go.
HELD = """const send = window.fetch, [method, part] = arguments; let first = true;
window.fetch = async (path, options = {}) => {
    const mine = first && (options.method ?? 'GET') === method && String(path).includes(part);
    if (mine) first = false;
    const answer = await send(path, options);
    if (mine) await new Promise((go) => { window.letGo = go; });
    return answer; }"""
TRIES = 4  # of a sending under one key


class Network:
    """Beside Browsing."""

    def lose(self, method, part, times=TRIES):
        self.browser.execute_script(LOST, method, part, times)

    def hold(self, method, part):
        self.browser.execute_script(HELD, method, part)

    def held(self):
        self.wait.until(lambda _: self.browser.execute_script("return Boolean(window.letGo)"))

    def let_go(self):
        """And until the page has had time to take the answer."""
        self.held()
        self.browser.execute_async_script("window.letGo(); window.letGo = null; setTimeout(arguments[0], 300)")
