package org.craq.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadRoutesTest {
    private static final List<Peer> MEMBERS =
            List.of(new Peer("n1", "host:1"), new Peer("n2", "host:2"), new Peer("n3", "host:3"));

    private long now = 5;
    private int questions;
    private final ReadRoutes routes = new ReadRoutes(() -> now);

    private Peer next() {
        return routes.next(() -> MEMBERS.get(questions++ % MEMBERS.size()));
    }

    @Test
    void oneQuestionIsEnoughForManyReads() {
        for (int i = 0; i < ReadRoutes.ANSWERS * ReadRoutes.READS; i++) {
            next();
        }
        assertThat(questions).isEqualTo(ReadRoutes.ANSWERS);
        next();
        assertThat(questions).isEqualTo(ReadRoutes.ANSWERS + 1);
    }

    @Test
    void anAnswerServesForASecondOnly() {
        for (int i = 0; i < 2 * ReadRoutes.ANSWERS; i++) {
            next();
        }
        now += TimeUnit.SECONDS.toNanos(1);
        next();
        assertThat(questions).isEqualTo(ReadRoutes.ANSWERS + 1);
    }

    @Test
    void readsStaySpreadAsTheManagersSpreadThem() {
        List<Peer> asked = new ArrayList<>();
        for (int i = 0; i < 3 * ReadRoutes.ANSWERS; i++) {
            asked.add(next());
        }
        for (Peer member : MEMBERS) {
            assertThat(Collections.frequency(asked, member)).isEqualTo(ReadRoutes.ANSWERS);
        }
    }

    @Test
    void membersThatCannotShareTheAnswersEvenlyShareTheReadsEvenly() {
        List<Peer> five = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> new Peer("n" + i, "host:" + i))
                .toList();
        List<Peer> asked = new ArrayList<>();
        for (int i = 0; i < ReadRoutes.ANSWERS + 50; i++) {
            asked.add(routes.next(() -> five.get(questions++ % five.size())));
        }
        List<Peer> remembered = asked.subList(ReadRoutes.ANSWERS, asked.size());
        assertThat(five).allSatisfy(member -> assertThat(Collections.frequency(remembered, member))
                .isEqualTo(10));
    }

    @Test
    void aMemberThatOnlyOldAnswersNameIsNotAsked() {
        routes.next(() -> MEMBERS.get(0));
        now += TimeUnit.MILLISECONDS.toNanos(600);
        for (int i = 0; i < ReadRoutes.ANSWERS; i++) {
            routes.next(() -> MEMBERS.get(1));
        }
        now += TimeUnit.MILLISECONDS.toNanos(600);
        for (int i = 0; i < ReadRoutes.ANSWERS - 1; i++) {
            assertThat(routes.next(() -> MEMBERS.get(2))).isEqualTo(MEMBERS.get(1));
        }
    }

    @Test
    void aMemberThatFailedIsNotAskedAgainUntilAManagerNamesIt() {
        for (int i = 0; i < ReadRoutes.ANSWERS; i++) {
            next();
        }
        routes.forget("n2");
        for (int i = 0; i < 5 * ReadRoutes.ANSWERS; i++) {
            assertThat(routes.next(() -> MEMBERS.get(0))).isNotEqualTo(MEMBERS.get(1));
        }
    }
}
