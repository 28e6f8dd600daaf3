package dev.naru.api;

import dev.naru.wire.PortChangeRequest;
import dev.naru.wire.PortReach;
import java.io.IOException;

/** Operations that only this engine has, below {@code /naru}. */
final class NaruRoutes {
    private NaruRoutes() {}

    static void route(Call call) throws IOException {
        Path path = call.path();
        if (path.size() != 4
                || !path.get(1).equals("containers")
                || !path.get(3).equals("ports")) {
            throw Call.pageNotFound();
        }
        String id = path.get(2);
        switch (call.verb("ports")) {
            case "GET ports" ->
                call.json(200, PortReach.class, call.engine().containers().explainPorts(id));
            case "POST ports" ->
                call.json(200, call.engine().containers().changePorts(id, call.body(PortChangeRequest.class)));
            default -> throw Call.pageNotFound();
        }
    }
}
