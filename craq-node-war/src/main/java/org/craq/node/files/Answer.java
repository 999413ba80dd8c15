package org.craq.node.files;

import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.SessionToken;

/** What a read found, and what the answer is worth. */
public record Answer<T>(T value, ReadOutcome.Level level, SessionToken session) {}
