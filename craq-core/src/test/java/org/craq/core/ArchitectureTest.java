package org.craq.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/** The protocol stays pure: everything it needs from outside is passed in as a value. */
@AnalyzeClasses(packages = "org.craq.core", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule THE_CORE_USES_LITTLE_OF_THE_PLATFORM = classes()
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            "org.craq.core..",
                            "java.lang",
                            "java.lang.invoke",
                            "java.lang.runtime",
                            "java.util",
                            "java.util.function",
                            "java.util.regex",
                            "java.util.stream",
                            "java.nio",
                            "java.nio.charset")
                    .or(belongToAnyOf(Duration.class, Instant.class, URI.class)));

    @ArchTest
    static final ArchRule THE_CORE_HAS_NO_THREADS_CLOCKS_OR_CHANCE = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    Thread.class,
                    ThreadLocal.class,
                    Runtime.class,
                    Process.class,
                    java.util.Random.class,
                    java.util.Timer.class)
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule THE_CHAIN_DOES_NOT_KNOW_THE_REPLICA = noClasses()
            .that()
            .resideInAPackage("..chain..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..replica..", "..file..");

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLES =
            slices().matching("org.craq.core.(*)..").should().beFreeOfCycles();
}
