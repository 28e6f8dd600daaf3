package dev.naru.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A whole engine with real containers for each test; its containers, bridge and files are gone afterwards. */
@SuppressWarnings("NullAway") // Set before each test.
final class EngineLab implements BeforeEachCallback, AfterEachCallback {
    private final String bridge;
    private Path directory;
    private Engine engine;

    /** @param bridge unlike those of other classes */
    EngineLab(String bridge) {
        this.bridge = bridge;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("naru-engine");
        open();
        BusyboxImage.load(engine);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        for (Container container : List.copyOf(table().all())) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        TestBridge.remove(bridge);
        Directories.delete(directory);
    }

    /** Opens it again after its end. */
    void open() {
        engine = Engine.open(EngineConfig.builder(directory).bridge(bridge).build());
    }

    void reopen() {
        engine.close();
        open();
    }

    Path directory() {
        return directory;
    }

    Engine engine() {
        return engine;
    }

    ContainerTable table() {
        return ((Containers) engine.containers()).table();
    }
}
