package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Link;

/**
 * Two connected interfaces.
 *
 * @param bridge the index of the bridge that the host's end belongs to
 * @param inside the container's end
 * @param outside the name of the host's end
 */
record VethPair(int bridge, Link inside, String outside) {
    VethPair {
        requireNonNull(inside, "inside");
        requireNonNull(outside, "outside");
    }
}
