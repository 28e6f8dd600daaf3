package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.Network;
import dev.naru.wire.NetworkPruneResponse;
import java.io.IOException;
import java.util.Set;

/** The Network group of the Engine API. The default networks can be looked at; others can't be made yet. */
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
            case 3 -> {
                if (call.verb(call.path().get(2)).equals("POST connect")
                        || call.verb(call.path().get(2)).equals("POST disconnect")) {
                    call.engine().networks().inspect(word, false);
                    throw unsupported("cannot " + call.path().get(2) + " a container: network " + word);
                }
                throw Call.pageNotFound();
            }
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
            case "POST create" -> throw unsupported("cannot create a network");
            case "POST prune" -> prune(call);
            default -> {
                switch (call.request().method()) {
                    case "GET", "HEAD" ->
                        call.json(200, call.engine().networks().inspect(word, call.flag("verbose")));
                    case "DELETE" -> {
                        Network network = call.engine().networks().inspect(word, false);
                        throw new NaruException(
                                ErrorKind.FORBIDDEN,
                                network.name() + " is a pre-defined network and cannot be removed");
                    }
                    default -> throw Call.pageNotFound();
                }
            }
        }
    }

    private static NaruException unsupported(String what) {
        return Call.notSupported(what, "this engine has the networks bridge, host and none only");
    }

    /** Networks that the engine makes itself are never pruned. */
    private static void prune(Call call) throws IOException {
        call.filters().requireKnown(Set.of("label", "label!", "until"));
        call.json(200, new NetworkPruneResponse(null));
    }
}
