package dev.naru.api;

import dev.naru.engine.BuildService;
import dev.naru.engine.ContainerService;
import dev.naru.engine.Engine;
import dev.naru.engine.EngineConfig;
import dev.naru.engine.EventService;
import dev.naru.engine.ExecService;
import dev.naru.engine.Filters;
import dev.naru.engine.ImageService;
import dev.naru.engine.NetworkService;
import dev.naru.engine.SystemService;
import dev.naru.engine.TransferService;
import dev.naru.engine.VolumeService;
import dev.naru.error.NaruException;
import dev.naru.wire.CheckFinding;
import dev.naru.wire.DiskUsage;
import dev.naru.wire.EventMessage;
import dev.naru.wire.Network;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequest;
import dev.naru.wire.NetworkCreateResponse;
import dev.naru.wire.NetworkDisconnectRequest;
import dev.naru.wire.NetworkPruneResponse;
import dev.naru.wire.SystemInfo;
import dev.naru.wire.SystemVersion;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** An engine without a kernel: its containers echo what they read, so that the door in front of it can be tested. */
final class EchoEngine implements Engine {
    private final EchoContainers containers = new EchoContainers();
    private final EchoExecs execs = new EchoExecs(containers);
    final CountDownLatch eventsLeft = new CountDownLatch(1);

    @Override
    public EngineConfig config() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ContainerService containers() {
        return containers;
    }

    EchoContainers echoes() {
        return containers;
    }

    @Override
    public ExecService execs() {
        return execs;
    }

    @Override
    public ImageService images() {
        return new EchoImages();
    }

    @Override
    public TransferService transfers() {
        return new EchoTransfers();
    }

    @Override
    public BuildService builds() {
        throw new UnsupportedOperationException();
    }

    @Override
    public VolumeService volumes() {
        throw NaruException.notFound("get nope: no such volume");
    }

    @Override
    public NetworkService networks() {
        return new NetworkService() {
            @Override
            public List<Network> list(Filters filters) {
                return List.of();
            }

            @Override
            public Network inspect(String id, boolean verbose) {
                throw NaruException.notFound("network " + id + " not found");
            }

            @Override
            public NetworkCreateResponse create(NetworkCreateRequest request) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void remove(String id) {
                inspect(id, false);
            }

            @Override
            public void connect(String id, NetworkConnectRequest request) {
                inspect(id, false);
            }

            @Override
            public void disconnect(String id, NetworkDisconnectRequest request) {
                inspect(id, false);
            }

            @Override
            public NetworkPruneResponse prune(Filters filters) {
                return new NetworkPruneResponse(null);
            }
        };
    }

    @Override
    public EventService events() {
        return this::stream;
    }

    private void stream(long since, long until, Filters filters, Consumer<EventMessage> sink) {
        // The client may leave while the first event is still being written: that ends it too.
        try {
            sink.accept(new EventMessage("container", "start", null, "local", 1L, 1L));
            if (until == 0) {
                Thread.sleep(Long.MAX_VALUE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            eventsLeft.countDown();
        }
    }

    @Override
    public SystemService system() {
        return new SystemService() {
            @Override
            public SystemInfo info() {
                return Json.read(
                        SystemInfo.class,
                        "{\"ID\":\"echo\",\"NCPU\":2}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }

            @Override
            public SystemVersion version() {
                return Json.read(
                        SystemVersion.class,
                        "{\"Version\":\"0\",\"ApiVersion\":\"1.51\"}"
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }

            @Override
            public DiskUsage diskUsage(Set<String> types) {
                return new DiskUsage(0L, List.of(), List.of(), List.of(), List.of());
            }

            @Override
            public List<CheckFinding> examine(boolean repair) {
                return List.of();
            }
        };
    }

    @Override
    public void close() {}
}
