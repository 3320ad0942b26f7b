"""Runs of a figure, what is printed of them, and the JSON."""
import json
import statistics


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values), "runs": [round(value, 4) for value in values]}


def shown(value):
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def mean_of(dicts):
    """The mean of each key over several dicts."""
    keys = list(dict.fromkeys(key for one in dicts for key in one))
    return {key: statistics.fmean(one.get(key, 0.0) for one in dicts) for key in keys}


class Report:
    """Prints as it goes, keeps everything for the JSON."""

    def __init__(self):
        self.content = {}
        self.bench = None
        self.misses = []

    def open(self, name, title):
        self.bench = self.content.setdefault(name, {"title": title, "figures": {}, "notes": []})
        self.name = name
        self.say(f"\n── {name}: {title}")

    @staticmethod
    def say(text):
        print(text, flush=True)

    def note(self, text):
        self.bench["notes"].append(text)
        self.say(f"   {text}")

    def figure(self, key, label, values, unit="", reach=None):
        """`reach`: (">=" or "<=", value) that the project has set itself."""
        found = spread(values)
        self.bench["figures"][key] = found | {"label": label, "unit": unit} | ({"reach": f"{reach[0]} {reach[1]}"} if reach else {})
        verdict = ""
        if reach:
            met = found["median"] >= reach[1] if reach[0] == ">=" else found["median"] <= reach[1]
            verdict = f"   {'reached' if met else 'MISSED'} ({reach[0]} {shown(reach[1])})"
            if not met:
                self.misses.append(f"{self.name} {label}: {shown(found['median'])} {unit}, wanted {reach[0]} {shown(reach[1])}")
        numbers = " / ".join(shown(found[part]) for part in ("min", "median", "max"))
        self.say(f"   {label:<58} {numbers:>30} {unit:<8}{verdict}")

    def bound(self, label, cpu, facts):
        """What bounds it: processors by part (the mean of the runs), largest first, and other facts, text → value."""
        busy = sorted(((part, value) for part, value in cpu.items() if value >= 0.01), key=lambda item: -item[1])
        self.bench.setdefault("bounds", {})[label] = {"cpu": cpu, **facts}
        self.say(f"   {label}: processors in use: " + ", ".join(f"{part} {value:.2f}" for part, value in busy))
        if facts:
            self.say("      " + ", ".join(f"{name} {shown(value)}" for name, value in facts.items()))

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.content, file, ensure_ascii=False, indent=1)
            file.write("\n")
