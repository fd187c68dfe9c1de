"""Two ways to act on a page: by keyboard alone, and by pointing, with or without JavaScript."""

from playwright.sync_api import expect

STOPS = 150  # more than any page has between two controls
FOCUS = """target => {
    const at = document.activeElement;
    if (at === document.body) return { isReached: false, isShown: true };
    const [box] = at.getClientRects();
    const points = [0.1, 0.5, 0.9].map((part) => [box.left + box.width / 2, box.top + part * box.height]);
    const isOnTop = points.some(([x, y]) => at.contains(document.elementFromPoint(x, y)));
    const isOutlined = (node) => node !== null && getComputedStyle(node).outlineStyle !== "none";
    const isInside = !at.matches(":focus"); // on the calendar's button in a date, which the browser outlines itself
    const isShown = isOnTop && (isInside || [at, at.closest(".card")].some(isOutlined));
    return { isReached: at === target, isShown };
}"""


class Hand:
    """Somebody in front of a page. `field` and the like are locators of what is acted on."""

    def __init__(self, page):
        self.page = page
        self.main = page.get_by_role("main")

    def link(self, name):
        return self.main.get_by_role("link", name=name, exact=True)

    def button(self, name):
        return self.main.get_by_role("button", name=name, exact=True)

    def is_told(self, words):
        """Wait for the message that says what was just done."""
        expect(self.page.locator(".notice").filter(has_text=words)).to_be_visible()


class Keyboard(Hand):
    """Tab, Enter, Space, arrows and typing. What is typed in a section is saved as one goes."""

    def reach(self, target):
        """Press Tab until `target` has the focus, and see at each stop that the focus shows and nothing covers it."""
        target.wait_for()
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            focus = target.evaluate(FOCUS)
            assert focus["isShown"], self.page.evaluate("document.activeElement.outerHTML")
            if focus["isReached"]:
                return
        raise AssertionError(f"Tab never reaches {target}.")

    def type(self, target, *keys):
        self.reach(target)
        for key in keys:
            self.page.keyboard.press(key)

    def follow(self, name):
        self.type(self.link(name), "Enter")

    def press(self, name):
        self.type(self.button(name), "Enter")

    def unfold(self, name):
        self.type(self.main.locator("summary").filter(has_text=name), "Enter")

    def write(self, field, text):
        self.reach(field)
        self.page.keyboard.type(text)

    def choose_territory(self, field, reference):
        """Type the name, wait for the list, go down to the line wanted, take it."""
        name, _ = reference.removesuffix(")").split(" (")
        self.write(field, name)
        wanted = self.page.get_by_role("option").filter(has_text=name).first
        wanted.wait_for()
        self.page.keyboard.press("ArrowDown")
        expect(wanted).to_have_attribute("aria-selected", "true")
        self.page.keyboard.press("Enter")
        expect(field).to_have_attribute("aria-expanded", "false")
        expect(field).to_have_value(reference)

    def choose(self, radios, index):
        self.type(radios.first, "Space", *["ArrowDown"] * index)
        expect(radios.nth(index)).to_be_checked()

    def tick(self, box):
        self.type(box, "Space")
        expect(box).to_be_checked()

    def select(self, field, index):
        self.type(field, *["ArrowDown"] * index)

    def write_day(self, field, day):
        self.write(field, day.strftime("%d%m%Y"))
        expect(field).to_have_value(day.isoformat())

    def attach(self, slot, file):
        """The dialog in which a file is chosen belongs to the system, not to the page."""
        field = slot.locator("input[type=file]:not([hidden])")
        self.reach(field)
        field.set_input_files(file)
        expect(slot.get_by_role("link", name=file["name"], exact=True)).to_be_visible()

    def save(self, slots):
        """Nothing to press: each answer says that it is saved, each file is listed already."""
        for slot in slots:
            if slot.get_attribute("data-kind") != "file":
                expect(slot.locator("[data-state]")).to_contain_text("Enregistré à")


class Pointer(Hand):
    """A mouse or a finger. A section is saved by its button."""

    def follow(self, name):
        self.link(name).click()

    def press(self, name):
        self.button(name).click()

    def unfold(self, name):
        self.main.locator("summary").filter(has_text=name).click()

    def write(self, field, text):
        field.fill(text)

    def choose_territory(self, field, reference):
        field.fill(reference)

    def choose(self, radios, index):
        radios.nth(index).check()

    def tick(self, box):
        box.check()

    def select(self, field, index):
        field.select_option(index=index)

    def write_day(self, field, day):
        field.fill(day.isoformat())

    def attach(self, slot, file):
        slot.locator("input[type=file]:not([hidden])").set_input_files(file)
        expect(slot.locator("progress")).to_have_count(0)  # a script sends it at once, and the page waits for it

    def save(self, slots):
        self.press("Enregistrer et continuer")
        self.is_told("Enregistré à")
