package dev.naru.daemon;

/**
 * Gives every room its logger: one line a message on standard error, no configuration files, no handlers. Found through
 * the service table, so that an engine embedded elsewhere uses its host's logging instead.
 */
public final class DaemonLoggers extends System.LoggerFinder {
    private volatile System.Logger.Level level = System.Logger.Level.INFO;
    private volatile boolean json;

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new LineLogger(name, this);
    }

    System.Logger.Level level() {
        return level;
    }

    boolean json() {
        return json;
    }

    void configure(System.Logger.Level newLevel, boolean newJson) {
        level = newLevel;
        json = newJson;
    }
}
