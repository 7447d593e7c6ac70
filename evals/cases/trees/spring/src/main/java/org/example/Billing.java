package org.example;

public class Billing {}
