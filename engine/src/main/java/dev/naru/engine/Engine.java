package dev.naru.engine;

/**
 * A container engine inside this process. Closing it leaves its containers running; the next engine with the same
 * directories finds them.
 *
 * <p>{@code try (Engine engine = Engine.open(EngineConfig.builder(dataRoot).build())) { … }}
 */
public interface Engine extends AutoCloseable {
    /**
     * Opens the engine of these directories and takes over whatever runs.
     *
     * @throws dev.naru.error.NaruException CONFLICT when another engine has them
     */
    static Engine open(EngineConfig config) {
        return EngineAssembly.open(config);
    }

    EngineConfig config();

    ContainerService containers();

    ExecService execs();

    ImageService images();

    TransferService transfers();

    VolumeService volumes();

    NetworkService networks();

    BuildService builds();

    EventService events();

    SystemService system();

    @Override
    void close();
}
