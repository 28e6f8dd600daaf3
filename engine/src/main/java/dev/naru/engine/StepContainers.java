package dev.naru.engine;

import dev.naru.build.StepRunner;
import dev.naru.engine.StepRecords.Streams;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.CdiDevices;
import dev.naru.runtime.RunningContainer;
import java.util.List;

/**
 * Runs steps of builds in containers that are made as every container is, with the same isolation, and that only this
 * process knows: no record is written, and what a death leaves is swept as that of a removed container.
 */
final class StepContainers implements StepRunner {
    private final StepRecords records;
    private final StepLaunch.Parts parts;
    private final ProcessSource processes;
    private final CdiDevices devices;

    StepContainers(EngineConfig config, Rooms rooms, ContainerNetworks networks, Launching launching) {
        this.records = new StepRecords(
                new HostDefaults(config, rooms.host(), HostResources.ofHost().unified()));
        this.parts = new StepLaunch.Parts(
                rooms.images(),
                networks,
                launching.launches(),
                launching.runtime(),
                new ContainerPaths(config),
                rooms.remap());
        this.processes = launching.processes();
        this.devices = new CdiDevices(config.cdiDirectories());
    }

    @Override
    public List<StepDevice> devices() {
        return devices.all().stream().map(StepContainers::device).toList();
    }

    @Override
    public List<StepDevice> devices(String name) {
        return devices.find(name).stream().map(StepContainers::device).toList();
    }

    private static StepDevice device(CdiDevices.Known known) {
        return new StepDevice(known.name(), known.allowed(), known.annotations());
    }

    @Override
    public int run(StepContainer step, StepOutput output) throws InterruptedException {
        return run(step, Streams.OUTPUT, running -> follow(running, output), output);
    }

    @Override
    public int talk(StepContainer step, Talk talk, StepOutput output) throws InterruptedException {
        return run(step, Streams.BOTH, running -> new ProcessTalk(running, output).run(talk), output);
    }

    @Override
    public Processes open(StepContainer step) {
        return new StepProcesses(step, records, parts, processes);
    }

    /** What is done with a container that was launched. */
    @FunctionalInterface
    private interface Use {
        int of(RunningContainer running) throws InterruptedException;
    }

    private int run(StepContainer step, Streams streams, Use use, StepOutput output) throws InterruptedException {
        try (var launch = new StepLaunch(parts, step.id())) {
            ContainerRecord record = records.of(step, launch.mounts(step.mounts()), streams);
            return use.of(launch.launch(new Container(record, ContainerStatus.CREATED)));
        } catch (NaruException failure) {
            if (isCommand(failure.kind())) {
                output.write(2, (failure.getMessage() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
                return failure.kind() == ErrorKind.COMMAND_NOT_FOUND ? 127 : 126;
            }
            throw failure;
        }
    }

    private static boolean isCommand(ErrorKind kind) {
        return kind == ErrorKind.COMMAND_NOT_FOUND || kind == ErrorKind.COMMAND_NOT_EXECUTABLE;
    }

    private static int follow(RunningContainer running, StepOutput output) throws InterruptedException {
        Attachment attachment = running.attach(false, true, true);
        Thread reader = Thread.ofVirtual().name("naru-step-output").start(() -> StepFrames.read(attachment, output));
        try {
            running.start();
            int code = running.awaitExit().code();
            reader.join();
            return code;
        } finally {
            attachment.close();
        }
    }
}
