package org.craq.core.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.craq.core.file.Version;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteOutcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stories about one rule each, told twice: with the rule the story ends well, without it the story fails. */
class RuleMattersTest {
    private static final Settings THREE = Settings.calm(3, 0, 1);

    private record Tale(String name, Flaw flaw, Settings settings, Consumer<Story> tale) {
        void tell(Settings as) {
            tale.accept(Story.of(as));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Tale> tales() {
        return List.of(
                new Tale(
                        "an entry whose content only its head had vanishes with that head",
                        Flaw.DURABLE_WITHOUT_CONTENT,
                        Settings.calm(2, 0, 1),
                        RuleMattersTest::contentGoesWithItsHead),
                new Tale(
                        "a commit mark lost with a dead successor is learned again",
                        Flaw.COMMIT_MARK_TOLD_ONCE,
                        THREE,
                        RuleMattersTest::commitMarkIsLearntAgain),
                new Tale(
                        "a learner whose predecessor lacks a content waits for it",
                        Flaw.MISSING_TAKEN_FOR_GIVEN_UP,
                        THREE,
                        RuleMattersTest::learnerWaitsForContent),
                new Tale(
                        "a content that its sender discards before the force is fetched",
                        Flaw.UNDONE_BEFORE_FORCE,
                        THREE,
                        RuleMattersTest::undoneContentIsFetched),
                new Tale(
                        "a removed node whose database is down restarts once it answers",
                        Flaw.REBIRTH_TRIED_ONCE,
                        THREE,
                        RuleMattersTest::bornAnewOnceTheDatabaseAnswers),
                new Tale(
                        "a read whose version retention has pruned is repeated",
                        Flaw.OUTRUN_READ_ANSWERED,
                        THREE.keeping(1),
                        RuleMattersTest::outrunReadAsksAnew),
                new Tale(
                        "a session sees on any member what it has seen before",
                        Flaw.SESSION_NOT_LOOKED_AT,
                        THREE,
                        RuleMattersTest::sessionSeesWhatItHasSeen),
                new Tale(
                        "a member without a lease guarantees no lag",
                        Flaw.LAG_WITHOUT_LEASE,
                        THREE,
                        RuleMattersTest::noLeaseNoLag),
                new Tale(
                        "an answer is given before it is too old",
                        Flaw.AGE_NOT_CHECKED_AGAIN,
                        THREE,
                        RuleMattersTest::tooOldWhenLookedUp));
    }

    @ParameterizedTest
    @MethodSource("tales")
    void endsWell(Tale tale) {
        tale.tell(tale.settings);
    }

    @ParameterizedTest
    @MethodSource("tales")
    void goesWrongWithoutTheRuleThatItIsAbout(Tale tale) {
        assertThatThrownBy(() -> tale.tell(tale.settings.with(tale.flaw)))
                .isInstanceOfAny(Violation.class, AssertionError.class);
    }

    private static void contentGoesWithItsHead(Story story) {
        story.pushNothing();
        story.write("n1", story.newWrite());
        while (story.lastEntry("n2") == 0) {
            story.step();
        }
        story.crash("n1");
        story.until("n2 is alone", () -> !story.isMember("n1") && story.serves("n2"));
        Version version = story.written(story.newWrite());

        assertThat(version.seq().value()).isOne();
        assertThat(story.readVersion("n2")).contains(version);
    }

    private static void commitMarkIsLearntAgain(Story story) {
        story.cutOneWay("n2", "n1");
        var write = story.write("n1", story.newWrite());
        story.until("n2 knows the write to be clean", () -> story.commitMark("n2") == 1);
        assertThat(story.commitMark("n1")).isZero();
        story.crash("n2");
        story.heal();
        story.until("n1 knows it too", () -> story.commitMark("n1") == 1);

        story.until("the write is answered", write::came);
        assertThat(write.get()).isInstanceOf(WriteOutcome.Written.class);
    }

    private static void learnerWaitsForContent(Story story) {
        story.pushNothing();
        story.crash("n3");
        story.until("n3 is removed", () -> !story.isMember("n3"));
        story.start("n3");
        story.until("n3 is a learner", () -> !story.chain().learners().isEmpty());
        while (!story.isMember("n3")) {
            story.write(story.head(), story.newWrite());
            story.pass(2);
        }
        story.untilWhole();
        assertThat(story.entriesInTheEnd()).isPositive();
    }

    private static void undoneContentIsFetched(Story story) {
        for (int i = 0; i < 30; i++) {
            Write write = story.newWrite();
            var answer = story.write("n1", write);
            while (!answer.came()) {
                story.abandons("n2", write);
                story.abandons("n3", write);
                story.step();
            }
            assertThat(answer.get()).isInstanceOf(WriteOutcome.Written.class);
        }
        assertThat(story.happened("Undone")).isTrue();
        assertThat(story.entriesInTheEnd()).isEqualTo(30);
    }

    private static void bornAnewOnceTheDatabaseAnswers(Story story) {
        story.isolate("n3");
        story.until("n3 is removed", () -> !story.isMember("n3"));
        story.databaseDead("n3", true);
        story.heal();
        story.until("n3 has heard of it", () -> !story.isUp("n3"));
        story.pass(500);
        assertThat(story.isUp("n3")).isFalse();
        story.databaseDead("n3", false);
        story.untilWhole();

        assertThat(story.isMember("n3")).isTrue();
    }

    private static void outrunReadAsksAnew(Story story) {
        Version newest = story.written(story.newWrite());
        for (int tries = 0; tries < 200 && !story.happened("AskedAnew"); tries++) {
            var write = story.write(story.head(), story.newWrite());
            List<Story.Reply<ReadReply>> reads = new ArrayList<>();
            while (!write.came()) {
                reads.add(story.read("n3"));
                story.pass(1);
            }
            Version next = ((WriteOutcome.Written) write.get()).version();
            for (Story.Reply<ReadReply> read : reads) {
                story.until("the read is answered", read::came);
                assertThat(story.versionIn(read.get())).isIn(newest, next);
            }
            newest = next;
        }
        assertThat(story.happened("AskedAnew")).isTrue();
    }

    private static void sessionSeesWhatItHasSeen(Story story) {
        Ask eventual = Ask.strong(Story.FILE).with(new Freshness.Eventual());
        Version old = story.written(story.newWrite());
        // The commit mark never reaches n1 and n2.
        story.cutOneWay("n3", "n2");
        story.write("n1", story.newDelete());
        story.until("n3 is clean", () -> story.commitMark("n3") == 2);
        Optional<Version> seen = story.readVersion("n3");

        assertThat(seen).isPresent().isNotEqualTo(Optional.of(old));
        assertThat(story.readVersion("n1", eventual)).contains(old);
        assertThat(story.readVersion("n1", eventual.since(seen)))
                .isEqualTo(seen)
                .isPresent();
    }

    private static void noLeaseNoLag(Story story) {
        Ask ask = Ask.strong(Story.FILE).with(new Freshness.Bounded(OptionalLong.empty(), OptionalLong.of(0)));
        Version old = story.written(story.newWrite());
        story.isolate("n3");
        assertThat(story.readVersion("n3", ask)).contains(old);
        story.until("n3 is removed", () -> !story.isMember("n3"));
        story.written(story.newWrite());

        assertThat(story.answerOf("n3", ask)).isInstanceOf(ReadReply.Refused.class);
    }

    private static void tooOldWhenLookedUp(Story story) {
        Ask ask = Ask.strong(Story.FILE)
                .with(new Freshness.Bounded(OptionalLong.of(1000 * VirtualTime.MILLI), OptionalLong.empty()));
        story.write("n1", story.newWrite());
        story.until("the file is dirty on n2", () -> story.lastEntry("n2") > story.commitMark("n2"));
        story.until("the tail has been asked", story.read("n2")::came);
        story.isolate("n2");
        story.pass(300);
        assertThat(story.answerOf("n2", ask)).isInstanceOf(ReadReply.Found.class);
        var read = story.read("n2", ask);
        story.pause("n2", 3000);
        story.until("n2 is removed", () -> !story.isMember("n2"));
        story.written(story.newWrite());
        story.until("n2 answers", read::came);

        assertThat(read.get()).isInstanceOf(ReadReply.Refused.class);
    }
}
