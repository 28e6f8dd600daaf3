package dev.naru.engine;

import dev.naru.image.ImageStore;
import dev.naru.image.Images;
import dev.naru.oci.ImageRunConfig;
import dev.naru.oci.ImageRunConfigBuilder;
import dev.naru.oci.Mount;
import dev.naru.runtime.HostFeatures;
import dev.naru.runtime.LaunchRequest;
import dev.naru.runtime.SeccompProfiles;
import dev.naru.store.Store;
import dev.naru.volume.VolumeTable;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What makes records and launch requests, on real stores in a directory, with an image that has nothing in it. */
final class SpecRooms implements AutoCloseable {
    static final HostResources HOST = new HostResources(2, "0-1", "0", false, false, true, true, true, true);

    final EngineConfig config;
    final Store store;
    final ImageStore images;
    final VolumeTable volumes;
    final TestContainers containers = new TestContainers();
    final ContainerFactory factory;
    final LaunchBuilder launches;
    final ContainerPaths paths;

    SpecRooms(Path directory) {
        this(directory, ImageRunConfigBuilder.builder().build());
    }

    SpecRooms(Path directory, ImageRunConfig image) {
        config = EngineConfig.builder(directory).bridge("naruspecs").build();
        store = Store.open(directory);
        images = ImageStore.open(store);
        volumes = VolumeTable.open(store);
        images.importRootfs(
                new ByteArrayInputStream(new byte[1024]), new Images.Commit("empty:latest", image, "", "", "", null));
        HostFeatures features = new HostFeatures();
        factory = new ContainerFactory(
                config, images, volumes, containers, features, HOST, UserRemap.NONE, network -> Optional.empty());
        launches = new LaunchBuilder(
                config,
                containers,
                volumes,
                images.snapshotter(),
                features,
                new SeccompProfiles(features),
                UserRemap.NONE);
        paths = new ContainerPaths(config);
    }

    static ContainerCreateRequestBuilder request() {
        return ContainerCreateRequestBuilder.builder().image("empty").cmd(List.of("true"));
    }

    static ContainerCreateRequest with(UnaryOperator<HostConfigBuilder> host) {
        return request()
                .hostConfig(host.apply(HostConfigBuilder.builder()).build())
                .build();
    }

    ContainerFactory.Prepared create(ContainerCreateRequest request) {
        return factory.create(null, null, request);
    }

    HostConfig host(UnaryOperator<HostConfigBuilder> host) {
        return create(with(host)).record().hostConfig();
    }

    /** A container with its file system, known to the others. */
    Container make(ContainerCreateRequest request) throws IOException {
        ContainerRecord record = create(request).record();
        Files.createDirectories(paths.record(record.id()));
        images.snapshotter().prepare(record.id(), images.get(record.imageId()).chainId());
        factory.populate(record);
        Container container = new Container(record, ContainerStatus.CREATED);
        containers.put(container);
        return container;
    }

    LaunchRequest launch(Container container) {
        return launches.build(
                container,
                new LaunchContext(
                        "/proc/self/ns/net",
                        List.of(),
                        List.of(new Mount("/", "tmpfs", "tmpfs", List.of())),
                        paths.state(container.id()),
                        paths.record(container.id()),
                        0,
                        0));
    }

    @Override
    public void close() {
        images.close();
        store.close();
    }
}
