# The targets `flash` and `monitor`. STM32BOOT_IMAGE is the file to flash, which the Makefile makes, by default the ELF file
# of STM32CubeMX's; STM32BOOT_ARGS are options of both commands, such as --usb 1-4.2; STM32BOOT is the program.
STM32BOOT ?= stm32boot
STM32BOOT_IMAGE ?= $(addprefix $(BUILD_DIR)/,$(addsuffix .elf,$(TARGET)))

stm32boot_goal := $(.DEFAULT_GOAL)

.PHONY: flash monitor
flash: $(STM32BOOT_IMAGE)
	$(STM32BOOT) flash $(STM32BOOT_ARGS) $(STM32BOOT_IMAGE)

monitor:
	$(STM32BOOT) monitor $(STM32BOOT_ARGS)

# `make` alone does what it did before.
.DEFAULT_GOAL := $(stm32boot_goal)
