package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.util.ArrayDeque;
import java.util.Deque;

/** An engine of this process: its services, and what must be closed in the end. */
final class LocalEngine implements Engine {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private final EngineConfig config;
    private final Services services;
    private final Deque<AutoCloseable> resources;
    private boolean closed;

    /** @param resources closed from first to last */
    LocalEngine(EngineConfig config, Services services, Deque<AutoCloseable> resources) {
        this.config = requireNonNull(config, "config");
        this.services = requireNonNull(services, "services");
        this.resources = new ArrayDeque<>(resources);
    }

    /** What an engine offers. */
    record Services(
            ContainerService containers,
            ExecService execs,
            ImageService images,
            TransferService transfers,
            VolumeService volumes,
            NetworkService networks,
            BuildService builds,
            EventService events,
            SystemService system) {}

    @Override
    public EngineConfig config() {
        return config;
    }

    @Override
    public ContainerService containers() {
        return services.containers();
    }

    @Override
    public ExecService execs() {
        return services.execs();
    }

    @Override
    public ImageService images() {
        return services.images();
    }

    @Override
    public TransferService transfers() {
        return services.transfers();
    }

    @Override
    public VolumeService volumes() {
        return services.volumes();
    }

    @Override
    public NetworkService networks() {
        return services.networks();
    }

    @Override
    public BuildService builds() {
        return services.builds();
    }

    @Override
    public EventService events() {
        return services.events();
    }

    @Override
    public SystemService system() {
        return services.system();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        closeAll(resources);
    }

    /** Closes what there is, whatever one of them says about it. */
    static void closeAll(Deque<AutoCloseable> resources) {
        while (!resources.isEmpty()) {
            AutoCloseable resource = resources.pop();
            try {
                resource.close();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (Exception failure) {
                String what = failure instanceof NaruException known ? known.what() : resource.toString();
                LOG.log(System.Logger.Level.WARNING, "closing the engine: " + what, failure);
            }
        }
    }
}
