package org.craq.core.sim;

import java.util.Optional;
import java.util.function.Consumer;
import org.craq.core.chain.NodeId;

/** A machine with a manager on it, which may be down, running or paused. */
final class SimManager {
    private final World world;
    private final NodeId id;
    private final Machine machine;
    private Optional<Office> life = Optional.empty();

    SimManager(World world, NodeId id) {
        this.world = world;
        this.id = id;
        this.machine = new Machine(world, id);
    }

    /** Starts the process if it is down, with no memory of the former one. */
    void start() {
        if (life.isEmpty()) {
            world.trace().note(id, "starts");
            Office office = new Office(world, machine, id);
            life = Optional.of(office);
            machine.begin(office);
            office.run(office::start);
        }
    }

    void crash() {
        if (life.isPresent()) {
            world.trace().note(id, "crashes");
            life = Optional.empty();
            machine.end();
        }
    }

    void pause(long duration) {
        machine.pause(duration);
    }

    /** Receives a message from a node. */
    void receive(Consumer<Office> message) {
        life.ifPresent(office -> office.run(() -> message.accept(office)));
    }

    boolean leads() {
        return life.filter(Office::leads).isPresent();
    }

    NodeId id() {
        return id;
    }
}
