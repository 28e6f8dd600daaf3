package dev.naru.image;

import dev.naru.registry.Registries;
import dev.naru.registry.RegistrySettings;
import org.junit.jupiter.api.AfterEach;

/** Images in a store of the test's own, and a registry beside it. */
abstract class RegistryImagesFixture extends ImageStoreFixture {
    final SmallRegistry registry = new SmallRegistry();
    final Registries registries = new Registries(RegistrySettings.defaults());

    @AfterEach
    final void closeRegistry() {
        registries.close();
        registry.close();
    }
}
