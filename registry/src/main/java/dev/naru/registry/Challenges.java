package dev.naru.registry;

import java.util.List;

/** What a host asked for last; shared by all that speak to it. */
final class Challenges {
    private volatile List<Challenge> asked = List.of();

    List<Challenge> asked() {
        return asked;
    }

    void learn(List<Challenge> fresh) {
        asked = List.copyOf(fresh);
    }
}
