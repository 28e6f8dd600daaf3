package dev.naru.api;

import dev.naru.error.NaruException;
import dev.naru.wire.Network;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequest;
import dev.naru.wire.NetworkDisconnectRequest;
import java.io.IOException;

/** The Network group of the Engine API. */
final class NetworkRoutes {
    private NetworkRoutes() {}

    static void route(Call call) throws IOException {
        String word = call.path().get(1);
        switch (call.path().size()) {
            case 1 -> collection(call);
            case 2 -> {
                if (word.isEmpty()) {
                    collection(call);
                } else {
                    one(call, word);
                }
            }
            case 3 -> member(call, word);
            default -> throw Call.pageNotFound();
        }
    }

    private static void collection(Call call) throws IOException {
        if (!call.request().method().equals("GET")) {
            throw Call.pageNotFound();
        }
        call.json(200, Network.class, call.engine().networks().list(call.filters()));
    }

    private static void one(Call call, String word) throws IOException {
        switch (call.verb(word)) {
            case "POST create" ->
                call.json(201, call.engine().networks().create(call.body(NetworkCreateRequest.class)));
            case "POST prune" -> call.json(200, call.engine().networks().prune(call.filters()));
            default -> {
                switch (call.request().method()) {
                    case "GET", "HEAD" -> call.json(200, shown(call, word));
                    case "DELETE" -> {
                        call.engine().networks().remove(word);
                        call.empty(204);
                    }
                    default -> throw Call.pageNotFound();
                }
            }
        }
    }

    /** All networks are of this host. */
    private static Network shown(Call call, String word) {
        String scope = call.text("scope", "");
        if (!scope.isEmpty() && !scope.equals("local")) {
            throw NaruException.notFound("network " + word + " not found");
        }
        return call.engine().networks().inspect(word, call.flag("verbose"));
    }

    private static void member(Call call, String network) throws IOException {
        switch (call.verb(call.path().get(2))) {
            case "POST connect" -> call.engine().networks().connect(network, call.body(NetworkConnectRequest.class));
            case "POST disconnect" ->
                call.engine().networks().disconnect(network, call.body(NetworkDisconnectRequest.class));
            default -> throw Call.pageNotFound();
        }
        call.empty(200);
    }
}
