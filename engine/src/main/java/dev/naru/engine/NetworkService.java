package dev.naru.engine;

import dev.naru.wire.Network;
import java.util.List;

/** Networks. The default ones are bridge, host and none. */
public interface NetworkService {
    List<Network> list(Filters filters);

    /**
     * Describes a network.
     *
     * @param id name, id or an unambiguous beginning of one
     */
    Network inspect(String id, boolean verbose);
}
