package org.craq.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Seq;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mistakes that other stores of this kind made, one story for each. Invariants are checked after every event. */
class KnownTrapsTest {
    @Test
    void aRemovedNodeThatWasIsolatedAnswersNoStrongRead() {
        Story story = Story.of(3, 0, 1);
        Version old = story.written(story.newWrite());
        story.isolate("n3");
        story.until("n3 is removed", () -> !story.isMember("n3"));
        Version next = story.written(story.newWrite());

        assertThat(story.answerOf("n3")).isInstanceOf(ReadReply.Refused.class);
        assertThat(story.readVersion("n2")).contains(next).isNotEqualTo(Optional.of(old));
    }

    @Test
    void aNodeThatComesBackRefusesReadsUntilItHasCaughtUp() {
        Story story = Story.of(3, 0, 1);
        story.crash("n3");
        story.until("n3 is removed", () -> !story.isMember("n3"));
        Version newest = story.written(story.newWrite());
        story.start("n3");

        while (!story.serves("n3")) {
            assertThat(story.answerOf("n3")).isInstanceOf(ReadReply.Refused.class);
        }
        assertThat(story.readVersion("n3")).contains(newest);
    }

    @Test
    void aNodeThatLostItsDiskNeverTakesWhatItDoesNotKnowForAbsent() {
        Story story = Story.of(3, 0, 1);
        Version version = story.written(story.newWrite());
        story.loseDisk("n1");

        while (!story.serves("n1")) {
            assertThat(story.answerOf("n1")).isInstanceOf(ReadReply.Refused.class);
        }
        assertThat(story.readVersion("n1")).contains(version);
        story.untilWhole();
        assertThat(story.entriesInTheEnd()).isOne();
    }

    @Test
    void ofTwoWritesThatDemandAbsenceAtOnceOneFails() {
        Story story = Story.of(3, 0, 1);
        var one = story.write(story.head(), story.newWrite(new Condition.IsAbsent(Story.FILE)));
        var other = story.write(story.head(), story.newWrite(new Condition.IsAbsent(Story.FILE)));
        story.until("both are answered", () -> one.came() && other.came());

        assertThat(new Object[] {one.get(), other.get()})
                .hasAtLeastOneElementOfType(WriteOutcome.Written.class)
                .hasAtLeastOneElementOfType(WriteOutcome.ConditionFailed.class);
        assertThat(story.entriesInTheEnd()).isOne();
    }

    @Test
    void aNewTailGoesOnFromWhatItHadPreparedAlsoWithoutItsPredecessor() {
        Story story = Story.of(3, 0, 1);
        story.written(story.newWrite());
        // The commit mark never reaches n2.
        story.cutOneWay("n3", "n2");
        var unanswered = story.write("n1", story.newDelete());
        story.until("n3 is clean", () -> story.commitMark("n3") == 2);
        Optional<Version> told = story.readVersion("n3");
        story.crash("n3");
        story.until("n2 is the tail", () -> !story.isMember("n3") && story.serves("n2"));

        assertThat(story.readVersion("n2")).isEqualTo(told);
        story.until("the write is answered", unanswered::came);
    }

    @Test
    void aGapLeftByAMiddleMemberIsFilledOnAllHops() {
        Story story = Story.of(4, 0, 1);
        story.crashAt("n2", Step.RECEIVED);
        var write = story.write("n1", story.newWrite());
        story.until("n2 is gone", () -> !story.isMember("n2"));
        story.until("the write is answered", write::came);

        assertThat(story.onDisk("n1")).isOne();
        assertThat(story.onDisk("n3")).isOne();
        assertThat(story.onDisk("n4")).isOne();
    }

    @Test
    void aNodeThatIsCatchingUpIsNeverLeftAsTheOnlyMember() {
        Story story = Story.of(2, 0, 1);
        story.written(story.newWrite());
        story.loseDisk("n2");
        story.until("n2 is a learner", () -> !story.chain().learners().isEmpty());
        story.crash("n1");
        story.pass(1500);

        assertThat(story.isMember("n1")).isTrue();
        assertThat(story.serves("n2")).isFalse();
        story.start("n1");
        story.untilWhole();
        assertThat(story.entriesInTheEnd()).isOne();
    }

    @Test
    void whatOnlyARemovedHeadHadDoesNotComeBackWithIt() {
        Story story = Story.of(3, 0, 1);
        story.cut("n1", "n2");
        Write lost = story.newWrite();
        var unanswered = story.write("n1", lost);
        story.until("it is on the head's disk", () -> story.onDisk("n1") == 1);
        story.isolate("n1");
        story.until("n1 is removed", () -> !story.isMember("n1"));
        Version kept = story.written(story.newWrite());
        story.heal();
        story.untilWhole();

        assertThat(unanswered.came() && unanswered.get() instanceof WriteOutcome.Written)
                .isFalse();
        assertThat(story.readVersion("n1")).contains(kept);
        assertThat(story.entriesInTheEnd()).isOne();
    }

    @Test
    void aWriteRepeatedAtAnotherHeadHappensOnce() {
        Story story = Story.of(3, 0, 1);
        Write write = story.newWrite(new Condition.IsAbsent(Story.FILE));
        Version version = story.written(write);
        story.crash("n1");
        story.until("n2 is the head", () -> story.head().equals("n2") && story.serves("n2"));

        assertThat(story.written(write)).isEqualTo(version);
        assertThat(story.onDisk("n2")).isOne();
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aWriteWhoseHeadCrashesAtAnyStepHappensOnceWhenItIsRepeated(Step step) {
        Story story = Story.of(3, 0, 1);
        Write write = story.newWrite();
        story.crashAt("n1", step);
        story.write("n1", write);
        story.until("n1 is removed", () -> !story.isMember("n1") && story.serves("n2"));
        Version version = story.written(write);
        story.start("n1");
        story.untilWhole();

        assertThat(story.entriesInTheEnd()).isOne();
        assertThat(story.readVersion("n1")).contains(version);
    }

    @Test
    void aNewHeadKnowsWhatWasAskedForUnderAWriteId() {
        Story story = Story.of(3, 0, 1);
        Write write = story.newWrite().of(new Fingerprint(1));
        Version version = story.written(write);
        story.crash("n1");
        story.until("n1 is removed", () -> !story.isMember("n1") && story.serves("n2"));
        assertThat(story.written(write)).isEqualTo(version);

        Write other = new Write(write.id(), write.operations(), List.of(), 0).of(new Fingerprint(2));
        var refused = story.write(story.head(), other);
        story.until("the other write is answered", refused::came);
        assertThat(refused.get()).isEqualTo(new WriteOutcome.OtherRequest());
        assertThat(story.entriesInTheEnd()).isOne();
    }

    @Test
    void aPauseLongerThanTheLeaseBetweenTheWorkAndTheAnswerEndsInARefusal() {
        Story story = Story.of(3, 0, 1);
        story.written(story.newWrite());
        story.isolate("n3");
        var read = story.read("n3");
        story.pause("n3", 1000);
        story.until("n3 is removed", () -> !story.isMember("n3"));
        story.written(story.newWrite());
        story.until("n3 answers", read::came);

        assertThat(read.get()).isInstanceOf(ReadReply.Refused.class);
    }

    @Test
    void aLeaderThatStoodStillWakesWithoutItsRight() {
        Story story = Story.of(3, 0, 2);
        String leader = story.leads("m1") ? "m1" : "m2";
        String standby = story.leads("m1") ? "m2" : "m1";
        story.pauseManager(leader, 1000);
        story.until("the standby leads", () -> story.leads(standby));
        story.pass(1500);

        assertThat(story.leads(leader)).isFalse();
        assertThat(story.leads(standby)).isTrue();
        story.written(story.newWrite());
        story.untilWhole();
    }

    @Test
    void aLeaderCutOffFromItsDatabaseGivesTheLeadAwayAndNobodyIsRemoved() {
        Story story = Story.of(3, 0, 2);
        long epoch = story.chain().epoch().value();
        String leader = story.leads("m1") ? "m1" : "m2";
        story.cut(leader, "database");
        story.until("the other leads", () -> story.leads(leader.equals("m1") ? "m2" : "m1"));
        story.pass(500);

        assertThat(story.chain().epoch().value()).isEqualTo(epoch);
        story.written(story.newWrite());
    }

    @Test
    void aDeletedFileDoesNotComeBackWithANodeThatWasAway() {
        Story story = Story.keeping(2, 3);
        story.written(story.newWrite());
        story.crash("n3");
        story.until("n3 is removed", () -> !story.isMember("n3"));
        story.written(story.newDelete());
        story.until("nothing of the file is left", () -> story.rows("n1") == 0 && story.rows("n2") == 0);
        assertThat(story.rows("n3")).isOne();
        story.start("n3");
        story.untilWhole();

        assertThat(story.happened("Rebase")).isTrue();
        assertThat(story.rows("n3")).isZero();
        assertThat(story.readVersion("n3")).isEmpty();
        assertThat(story.entriesInTheEnd()).isEqualTo(2);
    }

    @Test
    void whoWasAwayLongerThanTheHorizonBeginsAnewAndEndsEqual() {
        Story story = Story.keeping(2, 3);
        story.written(story.newWrite());
        story.crash("n3");
        story.until("n3 is removed", () -> !story.isMember("n3"));
        story.written(story.newWrite());
        story.written(story.newWrite());
        Version newest = story.written(story.newWrite());
        story.until("old versions are forgotten", () -> story.rows("n1") == 2 && story.rows("n2") == 2);
        story.start("n3");
        story.untilWhole();

        assertThat(story.happened("Rebase")).isTrue();
        assertThat(story.rows("n3")).isEqualTo(2);
        assertThat(story.readVersion("n3")).contains(newest);
        assertThat(story.entriesInTheEnd()).isEqualTo(4);
    }

    @Test
    void aLateRegistrationDoesNotReviveALifeThatWasRemoved() {
        Story story = Story.of(3, 0, 1);
        Incarnation removed = story.incarnation("n3");
        story.crash("n3");
        story.until("n3 is removed", () -> !story.isMember("n3"));
        story.start("n3");
        story.until("n3 catches up", () -> !story.chain().learners().isEmpty());
        story.registersLate("n3", removed);
        story.untilWhole();
        Incarnation present = story.incarnation("n3");
        story.registersLate("n3", removed);
        story.pass(1000);

        assertThat(story.incarnation("n3")).isEqualTo(present);
        assertThat(story.isMember("n3")).isTrue();
        assertThat(story.serves("n3")).isTrue();
    }

    @Test
    void aTransactionOfAFormerLifeNeverLandsInTheNextOne() {
        for (long seed = 1; seed <= 20; seed++) {
            Story story = Story.of(seed, 1, 0, 1);
            story.crashAt("n1", Step.FORCED);
            story.write("n1", story.newWrite());
            story.until("n1 crashes", () -> !story.isUp("n1"));
            story.start("n1");
            long found = story.lastEntry("n1");
            story.pass(600);

            assertThat(story.onDisk("n1")).isEqualTo(found);
            story.until("n1 serves", () -> story.serves("n1"));
            story.written(story.newWrite());
        }
    }

    @Test
    void aCommitMarkThatCannotBeTrueEndsItsStreamAndNothingElse() {
        Story story = Story.of(3, 0, 1);
        Version first = story.written(story.newWrite());
        Incarnation former = story.incarnation("n2");

        story.tellsCommitMark("n3", first.seq().value() + 1);
        story.until("n2 has noticed", () -> story.happened("NeighbourAtFault"));

        Version second = story.written(story.newWrite());
        story.untilWhole();
        assertThat(story.incarnation("n2")).isEqualTo(former);
        assertThat(story.chain().epoch()).isEqualTo(first.epoch());
        assertThat(story.readVersion("n2")).contains(second);
    }

    @Test
    void anEntryThatCannotBeTrueEndsItsStreamAndNothingElse() {
        Story story = Story.of(3, 0, 1);
        Version first = story.written(story.newWrite());
        Incarnation former = story.incarnation("n2");

        story.sendsEntry("n1", new Version(first.epoch(), new Seq(first.seq().value() + 2)));
        story.until("n2 has noticed", () -> story.happened("NeighbourAtFault"));
        story.sendsEntry("n1", new Version(first.epoch().next(), first.seq().next()));

        Version second = story.written(story.newWrite());
        story.untilWhole();
        assertThat(story.incarnation("n2")).isEqualTo(former);
        assertThat(story.chain().epoch()).isEqualTo(first.epoch());
        assertThat(story.readVersion("n3")).contains(second);
    }
}
