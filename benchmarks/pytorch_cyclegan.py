"""The rival: a CycleGAN as a PyTorch user would write it from the paper (Zhu et al. 2017, arXiv:1703.10593).

Layers have the same names as Copyart's, so that weights can be copied by name.
"""

import itertools
import random

import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.pad_1 = nn.ReflectionPad2d(1)
        self.conv_1 = nn.Conv2d(channels, channels, 3)
        self.norm_1 = nn.InstanceNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.pad_2 = nn.ReflectionPad2d(1)
        self.conv_2 = nn.Conv2d(channels, channels, 3)
        self.norm_2 = nn.InstanceNorm2d(channels)

    def forward(self, x):
        y = self.relu(self.norm_1(self.conv_1(self.pad_1(x))))
        return x + self.norm_2(self.conv_2(self.pad_2(y)))


class Generator(nn.Sequential):
    def __init__(self, filters=64, blocks=9):
        super().__init__()
        self.add_module("stem_pad", nn.ReflectionPad2d(3))
        self._add_normalised("stem", nn.Conv2d(3, filters, 7))
        for depth in (1, 2):
            channels = filters * 2**depth
            self._add_normalised(f"down_{depth}", nn.Conv2d(channels // 2, channels, 3, stride=2, padding=1))
        for block in range(1, blocks + 1):
            self.add_module(f"block_{block}", ResidualBlock(4 * filters))
        for step in (1, 2):
            channels = filters * 2 ** (2 - step)
            up = nn.ConvTranspose2d(2 * channels, channels, 3, stride=2, padding=1, output_padding=1)
            self._add_normalised(f"up_{step}", up)
        self.add_module("head_pad", nn.ReflectionPad2d(3))
        self.add_module("head", nn.Conv2d(filters, 3, 7))
        self.add_module("painting", nn.Tanh())
        initialise_weights(self)

    def _add_normalised(self, name, convolution):
        self.add_module(name, convolution)
        self.add_module(f"{name}_norm", nn.InstanceNorm2d(convolution.out_channels))
        self.add_module(f"{name}_relu", nn.ReLU(inplace=True))


class Discriminator(nn.Sequential):
    def __init__(self, filters=64):
        super().__init__()
        self.add_module("conv_1", nn.Conv2d(3, filters, 4, stride=2, padding=1))
        self.add_module("conv_1_relu", nn.LeakyReLU(0.2, inplace=True))
        for depth in (2, 3, 4):
            channels = filters * 2 ** (depth - 1)
            stride = 2 if depth < 4 else 1
            self.add_module(f"conv_{depth}", nn.Conv2d(channels // 2, channels, 4, stride, padding=1))
            self.add_module(f"conv_{depth}_norm", nn.InstanceNorm2d(channels))
            self.add_module(f"conv_{depth}_relu", nn.LeakyReLU(0.2, inplace=True))
        self.add_module("verdict", nn.Conv2d(8 * filters, 1, 4, padding=1))
        initialise_weights(self)


def initialise_weights(network):
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0.0, 0.02)
            nn.init.zeros_(module.bias)


class ImagePool:
    def __init__(self, size):
        self.size = size
        self.images = []

    def __call__(self, batch):
        return torch.cat([self._exchange_image(image) for image in batch.split(1)])

    def _exchange_image(self, image):
        if len(self.images) < self.size:
            self.images.append(image)
            return image
        if random.random() < 0.5:
            return image
        place = random.randrange(self.size)
        stored, self.images[place] = self.images[place], image
        return stored


class CycleGAN:
    def __init__(
        self,
        blocks=9,
        filters=64,
        discriminator_filters=64,
        cycle_weight=10.0,
        identity_weight=0.0,
        pool_size=50,
        learning_rate=2e-4,
    ):
        self.photo_to_art = Generator(filters, blocks)
        self.art_to_photo = Generator(filters, blocks)
        self.photo_discriminator = Discriminator(discriminator_filters)
        self.art_discriminator = Discriminator(discriminator_filters)
        self.cycle_weight, self.identity_weight = cycle_weight, identity_weight
        self.photo_pool, self.art_pool = ImagePool(pool_size), ImagePool(pool_size)
        self.least_squares, self.distance = nn.MSELoss(), nn.L1Loss()
        generator_variables = self._parameters(self.photo_to_art, self.art_to_photo)
        self.discriminator_variables = list(self._parameters(self.photo_discriminator, self.art_discriminator))
        self.generator_optimizer = torch.optim.Adam(generator_variables, learning_rate, betas=(0.5, 0.999))
        self.discriminator_optimizer = torch.optim.Adam(self.discriminator_variables, learning_rate, betas=(0.5, 0.999))

    @staticmethod
    def _parameters(*networks):
        return itertools.chain(*(network.parameters() for network in networks))

    def networks(self):
        names = ("photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator")
        return {name: getattr(self, name) for name in names}

    def train_step(self, photos, art):
        for parameter in self.discriminator_variables:
            parameter.requires_grad_(False)
        self.generator_optimizer.zero_grad()
        terms, painted, unpainted = self.generator_terms(photos, art)
        generator_loss = sum(terms.values())
        generator_loss.backward()
        self.generator_optimizer.step()

        for parameter in self.discriminator_variables:
            parameter.requires_grad_(True)
        self.discriminator_optimizer.zero_grad()
        discriminator_terms = {
            "art_discriminator": self.discriminator_loss(self.art_discriminator, art, self.art_pool(painted.detach())),
            "photo_discriminator": self.discriminator_loss(
                self.photo_discriminator, photos, self.photo_pool(unpainted.detach())
            ),
        }
        for loss in discriminator_terms.values():
            loss.backward()
        self.discriminator_optimizer.step()
        losses = {**terms, "generator_loss": generator_loss, **discriminator_terms}
        return {name: loss.item() for name, loss in losses.items()}

    def generator_terms(self, photos, art):
        painted, unpainted = self.photo_to_art(photos), self.art_to_photo(art)
        terms = {
            "art_adversarial": self.adversarial_loss(self.art_discriminator, painted),
            "photo_adversarial": self.adversarial_loss(self.photo_discriminator, unpainted),
            "photo_cycle": self.cycle_weight * self.distance(self.art_to_photo(painted), photos),
            "art_cycle": self.cycle_weight * self.distance(self.photo_to_art(unpainted), art),
        }
        if self.identity_weight:
            terms["art_identity"] = self.identity_weight * self.distance(self.photo_to_art(art), art)
            terms["photo_identity"] = self.identity_weight * self.distance(self.art_to_photo(photos), photos)
        return terms, painted, unpainted

    def adversarial_loss(self, discriminator, generated):
        logits = discriminator(generated)
        return self.least_squares(logits, torch.ones_like(logits))

    def discriminator_loss(self, discriminator, real, generated):
        on_real, on_generated = discriminator(real), discriminator(generated)
        real_loss = self.least_squares(on_real, torch.ones_like(on_real))
        generated_loss = self.least_squares(on_generated, torch.zeros_like(on_generated))
        return 0.5 * (real_loss + generated_loss)


def load_weights(network, weights):
    """Copy convolutions' weights by name. `weights["block_1_conv_1/kernel"]` has Keras' layout, (height, width, …)."""
    for name, module in network.named_modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            layer = name.replace(".", "_")
            kernel = weights[f"{layer}/kernel"].transpose(3, 2, 0, 1)
            with torch.no_grad():
                module.weight.copy_(torch.from_numpy(kernel.copy()))
                module.bias.copy_(torch.from_numpy(weights[f"{layer}/bias"]))
