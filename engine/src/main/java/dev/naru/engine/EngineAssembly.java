package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;

/** Wires an engine by hand: the one place that knows which implementation stands behind which interface. */
final class EngineAssembly {
    private EngineAssembly() {}

    static Engine open(EngineConfig config) {
        throw new NaruException(ErrorKind.NOT_SUPPORTED, "cannot open " + config.dataRoot());
    }
}
