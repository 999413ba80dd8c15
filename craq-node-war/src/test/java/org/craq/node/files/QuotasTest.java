package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Refusal;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.metadata.FileRecord;
import org.craq.security.Quota;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotasTest {
    private static final FileName NAME = new FileName("a/x");
    private static final WriteId ID = new WriteId(new UUID(1, 1));
    private static final int STEPS = 400;
    private static final int HISTORIES = 30;

    /** An entry of this member's log that puts bytes under a/. */
    private record Put(long seq, long bytes) {}

    private final List<Put> log = new ArrayList<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Quota> all = new ArrayList<>(List.of(quota("a/", 100)));
    private long epoch = 1;
    private boolean heads = true;
    private long last;
    private long durable;
    private long commit;
    private long nanos;
    private String failing = "";
    private Runnable whileCounting = () -> {};

    private final Quotas quotas = new Quotas(
            () -> List.copyOf(all),
            () -> new Quotas.Position(new Epoch(epoch), heads, new Seq(durable), new Seq(commit)),
            (prefix, above, upTo) -> {
                if (prefix.equals(failing)) {
                    throw new IllegalStateException("no database");
                }
                long found = log.stream()
                        .filter(put -> put.seq() > above.value() && put.seq() <= upTo.value())
                        .mapToLong(Put::bytes)
                        .sum();
                whileCounting.run();
                return new Quotas.Amount(found, 0);
            },
            tasks::add,
            () -> nanos);

    private static Quota quota(String prefix, long bytes) {
        return new Quota(prefix, OptionalLong.of(bytes), OptionalLong.empty());
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static WriteOutcome written(long seq) {
        return new WriteOutcome.Written(new Version(new Epoch(1), new Seq(seq)), List.of());
    }

    private void sweep() {
        try {
            quotas.sweep();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Quotas.Claim open(String name) {
        return quotas.open(new FileName(name), () -> false);
    }

    private long used(String prefix) {
        return quotas.usage().stream()
                .filter(usage -> usage.quota().prefix().equals(prefix))
                .findFirst()
                .flatMap(Quotas.Usage::used)
                .map(Quotas.Amount::bytes)
                .orElseThrow();
    }

    @Test
    void nothingIsAdmittedBeforeItHasBeenCounted() {
        log.add(new Put(1, 60));
        last = durable = commit = 1;
        refused(ErrorCode.NOT_SERVING, () -> open("a/x").take(1));
        open("b/x").take(1000);
        assertThat(quotas.usage().get(0).used()).isEmpty();
        tasks.remove().run();
        open("a/x").take(40);
        refused(ErrorCode.QUOTA_EXCEEDED, () -> open("a/x").take(1));
    }

    @Test
    void bytesAreReservedUntilTheWriteEnds() {
        sweep();
        Quotas.Claim first = open("a/x");
        Quotas.Claim second = open("a/y");
        first.take(50);
        first.take(10);
        second.take(40);
        refused(ErrorCode.QUOTA_EXCEEDED, () -> second.take(1));
        first.release();
        first.release();
        assertThat(used("a/")).isEqualTo(40);
        second.settle(written(1), null);
        assertThat(used("a/")).isEqualTo(40);
        refused(ErrorCode.QUOTA_EXCEEDED, () -> first.take(61));
        first.take(60);
    }

    @Test
    void aNameCountsForEachQuotaAndARefusalTakesNothing() {
        all.add(quota("a/b/", 10));
        sweep();
        open("a/b/c").take(10);
        refused(ErrorCode.QUOTA_EXCEEDED, () -> open("a/b/d").take(1));
        assertThat(used("a/")).isEqualTo(10);
        refused(ErrorCode.QUOTA_EXCEEDED, () -> open("a/x").take(91));
        assertThat(used("a/b/")).isEqualTo(10);
    }

    @Test
    void aWriteOfUnknownOutcomeCountsUntilTheNextCount() {
        sweep();
        Quotas.Claim claim = open("a/x");
        claim.take(50);
        claim.settle(new WriteOutcome.Unknown(), null);
        assertThat(used("a/")).isEqualTo(50);
        nanos += Duration.ofMinutes(5).toNanos();
        sweep();
        assertThat(used("a/")).isZero();
    }

    @Test
    void whoeverIsRefusedLearnsWhetherItWasWrittenBefore() {
        sweep();
        quotas.open(NAME, () -> true).take(1000);
        assertThat(used("a/")).isZero();
        refused(ErrorCode.QUOTA_EXCEEDED, () -> quotas.open(NAME, () -> false).take(1000));
    }

    @Test
    void aNearlyFullQuotaIsCountedMoreOften() {
        log.add(new Put(1, 95));
        last = durable = commit = 1;
        sweep();
        log.clear();
        nanos += Duration.ofSeconds(9).toNanos();
        sweep();
        assertThat(used("a/")).isEqualTo(95);
        nanos += Duration.ofSeconds(1).toNanos();
        sweep();
        assertThat(used("a/")).isZero();
        log.add(new Put(1, 50));
        nanos += Duration.ofSeconds(299).toNanos();
        sweep();
        assertThat(used("a/")).isZero();
    }

    @Test
    void aQuotaThatIsChangedKeepsItsCountAndOneThatIsRemovedLimitsNothing() {
        sweep();
        open("a/x").take(100);
        all.set(0, quota("a/", 200));
        open("a/x").take(100);
        all.set(0, quota("a/", 50));
        refused(ErrorCode.QUOTA_EXCEEDED, () -> open("a/x").take(1));
        all.clear();
        open("a/x").take(1000);
        sweep();
        assertThat(quotas.usage()).isEmpty();
    }

    @Test
    void aPrefixThatCannotBeCountedHoldsUpNoOther() {
        all.set(0, quota("a/", 100));
        all.add(quota("b/", 100));
        failing = "a/";
        assertThatThrownBy(quotas::sweep).hasMessage("no database");
        open("b/x").take(1);
        refused(ErrorCode.NOT_SERVING, () -> open("a/x").take(1));
        failing = "";
        tasks.remove().run();
        open("a/x").take(1);
    }

    // ---- writes without new contents ----

    private static Content content(long length) {
        return new Content(new ContentId(UUID.randomUUID()), Content.MAX_CHUNK_SIZE, length, 0);
    }

    private static FileRecord file(String name, Content content) {
        return new FileRecord(
                new FileName(name),
                new Version(new Epoch(1), new Seq(1)),
                UUID.randomUUID(),
                Optional.of(Body.of(content)),
                "",
                Map.of(),
                0,
                false);
    }

    private static Write write(Operation... operations) {
        return new Write(ID, List.of(operations), List.of(), 0);
    }

    private static Operation put(String name, Content content) {
        return new Operation.Put(new FileName(name), ID, Body.of(content), "", Map.of());
    }

    private static Operation delete(String name) {
        return new Operation.Delete(new FileName(name), ID);
    }

    @Test
    void aCopyFromOutsideCountsAndOneFromInsideDoesNot() {
        sweep();
        Content content = content(60);
        quotas.claim(write(put("a/copy", content)), List.of(file("a/source", content)));
        assertThat(used("a/")).isZero();
        quotas.claim(write(put("a/copy", content)), List.of(file("b/source", content)));
        assertThat(used("a/")).isEqualTo(60);
        refused(
                ErrorCode.QUOTA_EXCEEDED,
                () -> quotas.claim(write(put("a/copy", content)), List.of(file("b/source", content))));
        quotas.claim(write(put("a/new", content)), List.of());
        assertThat(used("a/")).as("the upload has a claim of its own").isEqualTo(60);
    }

    @Test
    void versionsAreLimitedAndDeletionsAreNeverRefused() {
        all.set(0, new Quota("a/", OptionalLong.empty(), OptionalLong.of(2)));
        sweep();
        quotas.claim(write(put("a/x", content(5)), put(".craq/own", content(5))), List.of());
        quotas.claim(write(put("a/y", content(5))), List.of());
        refused(ErrorCode.QUOTA_EXCEEDED, () -> quotas.claim(write(put("a/z", content(5))), List.of()));
        quotas.claim(write(delete("a/x")), List.of());
        refused(ErrorCode.QUOTA_EXCEEDED, () -> quotas.claim(write(delete("a/x"), put("a/z", content(5))), List.of()));
        assertThat(quotas.usage().get(0).used().orElseThrow().versions()).isEqualTo(3);
    }

    // ---- random histories ----

    /** A write in progress: claimed, and perhaps at a place in the log. */
    private static final class Pending {
        private final Quotas.Claim claim;
        private final long bytes;
        private long seq;

        Pending(Quotas.Claim claim, long bytes) {
            this.claim = claim;
            this.bytes = bytes;
        }
    }

    private final List<Pending> pending = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatIsCountedIsNeverLessThanWhatIsThere(long seed) {
        Random random = new Random(seed);
        for (int history = 0; history < HISTORIES; history++) {
            for (int step = 0; step < STEPS; step++) {
                step(random, true);
                check();
            }
        }
    }

    private void step(Random random, boolean counts) {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> begin(random);
            case 3, 4 -> place(random);
            case 5, 6 -> advance(random);
            case 7, 8 -> settle(random);
            case 9 -> discard(random);
            case 10 -> changeEpoch(random);
            default -> {
                nanos += Duration.ofSeconds(random.nextInt(400)).toNanos();
                if (counts) {
                    whileCounting = () -> {
                        for (int i = random.nextInt(8); i > 0; i--) {
                            step(random, false);
                        }
                    };
                    sweep();
                    whileCounting = () -> {};
                    tasks.clear();
                }
            }
        }
    }

    private void begin(Random random) {
        Quotas.Claim claim = open("a/x");
        long bytes = random.nextInt(20);
        try {
            claim.take(bytes);
            pending.add(new Pending(claim, bytes));
        } catch (CraqException e) {
            assertThat(e.code()).isIn(ErrorCode.NOT_SERVING, ErrorCode.QUOTA_EXCEEDED);
        }
    }

    private void place(Random random) {
        if (!heads || pending.isEmpty()) {
            return;
        }
        Pending one = pending.get(random.nextInt(pending.size()));
        if (one.seq == 0) {
            one.seq = ++last;
            log.add(new Put(one.seq, one.bytes));
        }
    }

    private void advance(Random random) {
        durable += random.nextInt((int) (last - durable) + 1);
        commit += random.nextInt((int) (durable - commit) + 1);
    }

    private void settle(Random random) {
        if (pending.isEmpty()) {
            return;
        }
        Pending one = pending.get(random.nextInt(pending.size()));
        if (one.seq == 0) {
            one.claim.settle(new WriteOutcome.Refused(Refusal.NOT_SERVING), null);
            pending.remove(one);
        } else if (one.seq <= commit) {
            one.claim.settle(written(one.seq), null);
            pending.remove(one);
        }
    }

    /** Retention discards what is committed. */
    private void discard(Random random) {
        if (!log.isEmpty()) {
            Put one = log.get(random.nextInt(log.size()));
            if (one.seq() <= commit) {
                log.remove(one);
            }
        }
    }

    private void changeEpoch(Random random) {
        epoch++;
        boolean stays = heads && random.nextBoolean();
        if (heads && !stays) {
            pending.stream()
                    .filter(one -> one.seq > 0)
                    .forEach(one -> one.claim.settle(new WriteOutcome.Unknown(), null));
            pending.removeIf(one -> one.seq > 0);
        }
        if (!stays) {
            // Another head may drop what is not committed, and writes entries of its own.
            heads = random.nextBoolean();
            if (random.nextBoolean()) {
                log.removeIf(put -> put.seq() > commit);
                last = durable = commit;
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                log.add(new Put(++last, random.nextInt(20)));
            }
            durable = last;
        }
    }

    private void check() {
        try {
            open("a/x").take(0);
        } catch (CraqException e) {
            return;
        }
        if (heads) {
            assertThat(used("a/"))
                    .isGreaterThanOrEqualTo(log.stream().mapToLong(Put::bytes).sum());
        }
    }
}
