package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;

/** The groups of the Engine API that clusters have: this engine is in none. */
final class SwarmRoutes {
    private SwarmRoutes() {}

    static void route(Call call) {
        switch (call.request().method() + " " + call.path().join(0, call.path().size())) {
            case "POST swarm/init", "POST swarm/join" ->
                throw Call.notSupported("cannot make a cluster", "this engine has no swarm mode");
            case "POST swarm/leave" ->
                throw new NaruException(ErrorKind.UNAVAILABLE, "This node is not part of a swarm");
            default -> throw notAManager();
        }
    }

    static NaruException notAManager() {
        return new NaruException(
                ErrorKind.UNAVAILABLE,
                "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this"
                        + " node to swarm and try again.");
    }
}
