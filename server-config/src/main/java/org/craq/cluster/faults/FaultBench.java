package org.craq.cluster.faults;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import org.craq.cluster.ClusterException;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.StartProgress;

/** Kills or stops the servers of a running cluster, one at a time, and measures what its clients notice. */
public final class FaultBench {
    private static final Duration BEFORE = Duration.ofSeconds(5);
    private static final Duration DURING = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** Number of writes, after the chain has changed, that show that it works again. */
    private static final int WRITES_AFTER = 40;

    private static final int POLL_MILLIS = 20;
    private static final int CATCH_UP_FILE_MEBIBYTES = 8;

    private final LocalCluster cluster;
    private final int rounds;
    private final SteadyLoad.Intensity intensity;
    private final StartProgress progress;

    public FaultBench(LocalCluster cluster, int rounds, SteadyLoad.Intensity intensity, StartProgress progress) {
        this.cluster = cluster;
        this.rounds = rounds;
        this.intensity = intensity;
        this.progress = progress;
    }

    /**
     * Measures everything.
     *
     * @param mebibytes amount of data to write while a node is away, in MiB; 0: skip that measurement
     */
    public FaultFigures run(int mebibytes) throws IOException {
        List<FaultFigures.Line> lines = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            List<FaultFigures.Round> done = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                FaultFigures.Round round = round(fault);
                progress.step("%s: no write for %.0f ms".formatted(fault.text(), round.pauseMillis()));
                done.add(round);
            }
            lines.add(FaultFigures.Line.of(fault, done));
        }
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < (mebibytes == 0 ? 0 : rounds); i++) {
            double rate = catchUp(mebibytes);
            progress.step("a returning node caught up with %.0f MiB/s".formatted(rate));
            rates.add(rate);
        }
        double[] all = rates.stream().mapToDouble(Double::doubleValue).toArray();
        return new FaultFigures(rounds, lines, new FaultFigures.CatchUp(mebibytes, FaultFigures.median(all)));
    }

    private CraqClient newClient() {
        return cluster.client().build();
    }

    /** Runs one round. The load ends before the server is started again, as the two would only slow each other down. */
    private FaultFigures.Round round(Fault fault) throws IOException {
        try (CraqClient client = newClient()) {
            await("a complete chain", () -> complete(client));
            String server = fault.ofManager()
                    ? leader()
                    : client.chain().members().get(fault.place(size(client))).nodeId();
            FaultFigures.Round round = underLoad(client, fault, server);
            cluster.start(server);
            await("a complete chain", () -> complete(client));
            return round;
        }
    }

    private FaultFigures.Round underLoad(CraqClient client, Fault fault, String server) throws IOException {
        try (SteadyLoad load = new SteadyLoad(this::newClient, intensity)) {
            pause(BEFORE);
            long begin = System.nanoTime();
            if (fault.graceful()) {
                cluster.stop(server);
            } else {
                cluster.kill(server);
            }
            await(
                    "a chain without " + server,
                    () -> fault.ofManager() || client.chain().member(server).isEmpty());
            pause(DURING);
            int enough = load.writes().size() + WRITES_AFTER;
            await("further writes", () -> load.writes().size() >= enough);
            long end = System.nanoTime();
            return new FaultFigures.Round(
                    millis(load.writes().longestGap(begin, end)),
                    millis(load.writes().longestGap(begin - BEFORE.toNanos(), begin)),
                    load.reads().rate(begin - BEFORE.toNanos(), begin),
                    load.reads().rate(begin, begin + DURING.toNanos()),
                    load.writes().failures() + load.reads().failures());
        }
    }

    private double catchUp(int mebibytes) throws IOException {
        try (CraqClient client = newClient()) {
            await("a complete chain", () -> complete(client));
            String tail = client.chain().members().get(size(client) - 1).nodeId();
            cluster.stop(tail);
            await("a chain without " + tail, () -> client.chain().member(tail).isEmpty());
            SplittableRandom random = new SplittableRandom(mebibytes);
            byte[] content = new byte[CATCH_UP_FILE_MEBIBYTES << 20];
            for (int i = 0; i < mebibytes / CATCH_UP_FILE_MEBIBYTES; i++) {
                random.nextBytes(content);
                client.put("faults/missed/" + i, new ByteArrayInputStream(content));
            }
            Learning learning = new Learning(tail);
            Thread watch = new Thread(learning, "watch of the learner");
            watch.start();
            cluster.start(tail);
            await("a complete chain", () -> complete(client));
            join(watch);
            return mebibytes / (learning.nanos() / 1e9);
        }
    }

    /** Records when a node first appears as a learner, and when it is complete. */
    private final class Learning implements Runnable {
        private final String node;
        private volatile long begin;
        private volatile long end;

        Learning(String node) {
            this.node = node;
        }

        @Override
        public void run() {
            await(node + " as a learner", () -> place("learners", node).isPresent() || isComplete());
            begin = System.nanoTime();
            await(node + " as a complete member", this::isComplete);
            end = System.nanoTime();
        }

        private boolean isComplete() {
            return place("members", node)
                    .filter(place -> place.get("complete").getAsBoolean())
                    .isPresent();
        }

        long nanos() {
            return end - begin;
        }
    }

    private Optional<JsonObject> place(String kind, String node) {
        return cluster.managers().stream()
                .flatMap(manager -> cluster.pages().get(cluster.nodeUrl(manager), "/v1/admin/chains").stream())
                .findFirst()
                .flatMap(page -> page
                        .getAsJsonObject()
                        .getAsJsonArray("chains")
                        .get(0)
                        .getAsJsonObject()
                        .getAsJsonArray(kind)
                        .asList()
                        .stream()
                        .map(JsonElement::getAsJsonObject)
                        .filter(place -> place.get("nodeId").getAsString().equals(node))
                        .findFirst());
    }

    private static int size(CraqClient client) {
        return client.chain().members().size();
    }

    private boolean complete(CraqClient client) {
        List<MemberInfo> members = client.chain().members();
        return members.size() == cluster.nodes().size() && members.stream().allMatch(MemberInfo::complete);
    }

    private String leader() {
        return cluster.managers().stream()
                .flatMap(manager -> cluster.pages().get(cluster.nodeUrl(manager), "/v1/admin/managers").stream())
                .map(page -> page.getAsJsonObject().get("leader"))
                .filter(JsonElement::isJsonObject)
                .map(leader -> leader.getAsJsonObject().get("id").getAsString())
                .findFirst()
                .orElseThrow(() -> new ClusterException("No manager leads."));
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new ClusterException("Waited in vain for " + what + " for " + PATIENCE.toSeconds()
                        + " s. See the logs in " + cluster.data() + ".");
            }
            pause(Duration.ofMillis(POLL_MILLIS));
        }
    }

    private static void pause(Duration length) {
        try {
            TimeUnit.NANOSECONDS.sleep(length.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("Interrupted.", e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("Interrupted.", e);
        }
    }
}
