"""An AE that is not the bench's own: Python, nothing but its standard library, plain HTTP.

    ae.py CONFIG.json

It keeps the node contract (docs/bring-your-own-node.md) as far as a sensor needs it: one AE, no listener, commands on
standard input. What it cannot do it refuses with 127.
"""

import http.client
import itertools
import json
import socket
import sys
import time
from urllib.parse import urlsplit

AE = 2  # resource type of an AE (TS-0004 6.3.4.2.1)
CREATE, DELETE = 1, 4
METHODS = {1: "POST", 2: "GET", 3: "PUT", 4: "DELETE", 5: "POST"}


class Refused(Exception):
    """A command that is not carried out; the code is one of the contract's."""

    def __init__(self, code, because):
        super().__init__(because)
        self.code = code


def say(**line):
    print(json.dumps(line), flush=True)


class Node:
    def __init__(self, configuration):
        if configuration["misbehaviours"] or "cse" in configuration:
            raise Refused(127, "this program is one AE, and it behaves")
        if len(configuration["aes"]) != 1 or "listener" in configuration["aes"][0]:
            raise Refused(127, "this program is one AE that nobody connects to")
        self.name = configuration["name"]
        self.address = configuration["address"]
        self.ae = configuration["aes"][0]
        self.registrar = self.ae["registrar"]
        if "security" in self.registrar:
            raise Refused(127, "this program speaks plain HTTP")
        self.numbers = itertools.count(1)
        self.originator = self.ae.get("aeIdStem")

    def event(self, event, **more):
        say(node=self.name, atMs=int(time.time() * 1000), event=event, **more)

    def run(self):
        self.event("ready", contractVersion=1, version="python", listeners=[])
        if self.registrar["autoRegister"]:
            self.register()
        for text in sys.stdin:
            reply = self.answer(text)
            say(**reply)
            if reply.get("value") == "stopping":
                break
        self.event("stopped")

    def answer(self, text):
        number = None
        try:
            line = json.loads(text)
            number, command = line["id"], line["command"]
            return {"reply": number, "ok": True, "value": self.carry_out(command)}
        except Refused as refused:
            return {"reply": number, "ok": False, "code": refused.code, "because": str(refused)}
        except (ValueError, KeyError, TypeError) as error:
            return {"reply": number, "ok": False, "code": 2, "because": f"malformed: {error}"}

    def carry_out(self, command):
        does = command["do"]
        if does == "stop":
            return "stopping"
        if does == "describe":
            return {"name": self.name, "contractVersion": 1, "entities": [self.ae["name"]]}
        if does == "disconnect":
            return None  # every request has a connection of its own
        if does not in ("request", "register", "deregister"):
            raise Refused(127, f"{does} is not known here")
        if command["entity"] != self.ae["name"]:
            raise Refused(127, f"{command['entity']} is not here")
        if does == "request":
            return self.send(command["request"])
        return self.register() if does == "register" else self.deregister()

    def register(self):
        resource = {"rn": self.ae["resourceName"], "api": self.ae["appId"], "rr": False, "srv": ["3"]}
        outcome = self.send(
            {"op": CREATE, "to": self.base(), "ty": AE, "pc": {"m2m:ae": resource}}
        )
        response = outcome.get("response", {})
        rsc = response.get("rsc")
        about = {"entity": self.ae["name"], "registrar": self.registrar["cseId"]}
        if rsc == 2001:
            self.originator = response["pc"]["m2m:ae"]["aei"]
            self.event("registered", **about, rsc=rsc)
        else:
            why = {"because": outcome.get("because", "refused")}
            self.event("registration-failed", **about, **why, **({"rsc": rsc} if rsc else {}))
        return outcome

    def deregister(self):
        return self.send({"op": DELETE, "to": f"{self.base()}/{self.ae['resourceName']}"})

    def base(self):
        return f"{self.registrar['cseId']}/{self.registrar['cseBaseName']}"

    def send(self, request):
        """One request to the registrar over HTTP (TS-0009), on a connection of its own."""
        number = request.get("rqi", f"{self.ae['name']}-{next(self.numbers)}")
        url = urlsplit(self.registrar["pointOfAccess"])
        headers = {
            "X-M2M-Origin": request.get("fr", self.originator) or "",
            "X-M2M-RI": number,
            "X-M2M-RVI": request.get("rvi", "3"),
            "Accept": "application/json",
        }
        body = None
        if "pc" in request:
            body = json.dumps(request["pc"])
            kind = f";ty={request['ty']}" if "ty" in request else ""
            headers["Content-Type"] = f"application/json{kind}"
        connection = http.client.HTTPConnection(
            url.hostname, url.port, timeout=5, source_address=(self.address, 0)
        )
        try:
            connection.request(METHODS[request["op"]], target_of(request["to"]), body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            cause = "timeout" if isinstance(error, socket.timeout) else "unreachable"
            return {"outcome": "no-response", "rqi": number, "cause": cause, "because": str(error)}
        finally:
            connection.close()
        response = {
            "rsc": int(answer.headers.get("X-M2M-RSC", "0")),
            "rqi": answer.headers.get("X-M2M-RI", ""),
            "rvi": answer.headers.get("X-M2M-RVI", "3"),
        }
        if content:
            response["pc"] = json.loads(content)
        return {"outcome": "response", "rqi": number, "response": response}


def target_of(to):
    """Where a target goes in the request line (TS-0009 6.2.2.1)."""
    if to.startswith("//"):
        return "/_" + to[1:]
    return "/~" + to if to.startswith("/") else "/" + to


def main(words):
    try:
        with open(words[0], encoding="utf-8") as file:
            node = Node(json.load(file))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return refused.code
    except (IndexError, OSError, ValueError, KeyError) as error:
        print(f"ae.py CONFIG.json: {error!r}", file=sys.stderr)
        return 2
    node.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
