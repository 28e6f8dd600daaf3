package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.Network;
import java.util.List;

/** Says that networks cannot be listed yet. */
final class PendingNetworks implements NetworkService {
    @Override
    public List<Network> list(Filters filters) {
        throw new NaruException(ErrorKind.NOT_SUPPORTED, "listing networks is not supported by this build");
    }

    @Override
    public Network inspect(String id, boolean verbose) {
        throw new NaruException(ErrorKind.NOT_SUPPORTED, "inspecting networks is not supported by this build");
    }
}
